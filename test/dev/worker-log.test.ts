// What of the Worker's output a contributor sees.
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { presentLine } from "../../dev/worker-log.ts";

const shown = (line: string) => {
  const presented = presentLine(line);
  return presented && { ...presented, text: stripVTControlCharacters(presented.text) };
};

test("a request is one short line", () => {
  const line = { level: "info", message: "request", id: "x", method: "GET", route: "/api/session", status: 200, ms: 3 };
  expect(shown(JSON.stringify({ ...line, sql: 1, kv: 2, tier: "postgres" }))).toEqual({
    text: "  GET     /api/session  200  3 ms  1 SQL  2 KV  postgres",
    problem: false,
  });
  expect(shown(JSON.stringify({ ...line, sql: 0, kv: 0, tier: "memory" }))?.text).toBe(
    "  GET     /api/session  200  3 ms  memory",
  );
});

test("a failed request is a problem", () => {
  const line = { level: "error", message: "request", method: "PUT", route: "/api/background", status: 503, ms: 9 };
  expect(shown(JSON.stringify(line))).toEqual({ text: "  PUT     /api/background  503  9 ms", problem: true });
});

test("any other error is shown whole", () => {
  expect(shown('{"level":"error","message":"misconfigured","mistakes":[{"path":"BASE_URL"}]}')).toEqual({
    text: 'error: misconfigured {"mistakes":[{"path":"BASE_URL"}]}',
    problem: true,
  });
  expect(shown("✘ [ERROR] Build failed with 1 error:")).toMatchObject({ problem: true });
  // As wrangler prints it, whatever NO_COLOR says.
  expect(shown("\u001b[31m✘ \u001b[41;31m[\u001b[41;97mERROR\u001b[41;31m]\u001b[0m Build failed")).toMatchObject({
    problem: true,
  });
  expect(shown("Uncaught TypeError: x is not a function")).toMatchObject({ problem: true });
});

test("banners and wrangler's own request lines stay in the log file", () => {
  expect(shown("⎔ Starting local server...")).toBeUndefined();
  expect(shown("[wrangler:info] GET /readyz 200 OK (3ms)")).toBeUndefined();
  expect(shown("")).toBeUndefined();
  expect(shown("{not json")).toBeUndefined();
});
