// CPU time of workerd, as Linux counts it. Elsewhere there is none, and the bench says "–".
import { readdirSync, readFileSync } from "node:fs";

/** Linux counts in hundredths of a second, whatever the kernel's own tick is (USER_HZ, proc(5)). */
const MS_PER_TICK = 10;

/** Fields of /proc/<pid>/stat after the name, which may hold anything. Numbered as in proc(5), from 3. */
function fields(pid: number | string): { name: string; field: (number: number) => number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const end = text.lastIndexOf(")");
    const rest = text.slice(end + 2).split(" ");
    return { name: text.slice(text.indexOf("(") + 1, end), field: (number) => Number(rest[number - 3]) };
  } catch {
    return undefined;
  }
}

/** The workerd that a process has started. @returns undefined where there is no /proc */
export function workerdOf(parent: number): number | undefined {
  try {
    const found = readdirSync("/proc").find((pid) => {
      const stat = /^\d+$/.test(pid) ? fields(pid) : undefined;
      return stat?.name === "workerd" && stat.field(4) === parent;
    });
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}

/** Milliseconds of CPU that a process has used, in user and system mode. */
export function cpuMs(pid: number | undefined): number | undefined {
  const stat = pid === undefined ? undefined : fields(pid);
  return stat && (stat.field(14) + stat.field(15)) * MS_PER_TICK;
}
