// An answer of Docent's, sent by a route that decides nothing: what its headers and its body cost alone.
import type { Shot } from "./load.ts";
import { VARIANTS, type Variant } from "./variants.ts";

export const SAME_ANSWER: Variant = {
  id: "same-answer",
  name: "Docent's answer, from a bare route",
  group: "session",
  worker: "bare",
  database: false,
  answer: /"skillLevel":"beginner"/,
  series: async (lab, count) => {
    const asked = await VARIANTS.find(({ id }) => id === "memory")?.series(lab, count);
    const shot = asked?.next();
    if (!asked || !shot) throw new Error("There is no answer to repeat.");
    const given = await lab.ask("docent-still", shot);
    // These workerd writes itself.
    const headers = [...given.headers].filter(([name]) => !["content-length", "transfer-encoding"].includes(name));
    const body = JSON.stringify({ headers, body: await given.text() });
    await lab.ask("bare", { method: "PUT", path: "/answer", headers: {}, body });
    const next = (): Shot | undefined => {
      const one = asked.next();
      return one && { ...one, path: "/answer" };
    };
    return { next, cookieBytes: asked.cookieBytes };
  },
};
