// docs/security.md says of every event of the audit trail what it is, and of none that cannot be written.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AUDIT_ACTIONS } from "../../src/core/audit.ts";

test("every action of the audit trail is in the table of docs/security.md, and no other", () => {
  const text = readFileSync(join(import.meta.dirname, "../../docs/security.md"), "utf8");
  const [, section = ""] = text.split("## The audit trail");
  const [table = ""] = section.split("\n## ");
  const first = table.split("\n").filter((line) => line.startsWith("| `"));
  const named = first.flatMap((line) =>
    [...(line.split("|")[1] ?? "").matchAll(/`([a-z.-]+)`/g)].map(([, name]) => name),
  );
  expect(named.sort()).toEqual([...AUDIT_ACTIONS].sort());
});
