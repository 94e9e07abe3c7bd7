// The table of `npm run bench:profile`: which part of an answer a sample of V8's profile belongs to.
import { expect, it } from "vitest";
import type { CpuProfile } from "../../bench/session/inspector.ts";
import { interval, type Locate, samplesByPart } from "../../bench/session/profile-parts.ts";
import { LOG_LINE, profileTable } from "../../bench/session/profile-table.ts";

/** In the made-up bundle the column of a function is the place of its source in this list. */
const SOURCES = ["src/http/security-headers.ts", "hono/dist/compose.js", "src/session/credential.ts", undefined];
const locate: Locate = (_line, column) => SOURCES[column];
const ROOT = 1;

interface MadeUp {
  name: string;
  parent: number;
  source?: number;
  samples: number;
}

/** Ids are 2, 3, … in the order given; 1 is the root. */
function profileOf(functions: MadeUp[]): CpuProfile {
  const frame = ({ name, source }: Pick<MadeUp, "name" | "source">) => ({
    functionName: name,
    url: source === undefined ? "" : "script-0.mjs",
    lineNumber: 0,
    columnNumber: source ?? -1,
  });
  const children = (id: number) => functions.flatMap(({ parent }, at) => (parent === id ? [at + 2] : []));
  const samples = functions.flatMap((one, at) => Array.from({ length: one.samples }, () => at + 2));
  return {
    nodes: [{ name: "(root)" }, ...functions].map((one, at) => ({
      id: at + 1,
      callFrame: frame(one),
      children: children(at + 1),
    })),
    samples,
    timeDeltas: samples.map(() => 100),
  };
}

it("a native and a helper of the bundler count for the function that called them, WebCrypto for itself", () => {
  const profile = profileOf([
    { name: "compose", parent: ROOT, source: 1, samples: 1 },
    { name: "securityHeaders", parent: 2, source: 0, samples: 2 },
    { name: "set", parent: 3, samples: 4 },
    { name: "verify", parent: ROOT, source: 2, samples: 8 },
    { name: "verify", parent: 5, samples: 16 },
    { name: "helper", parent: 5, source: 3, samples: 32 },
  ]);
  expect(Object.fromEntries(samplesByPart(profile, locate))).toEqual({
    "Hono: routing, chain, `Response`": 1,
    "security headers, CORS, cookie form": 2 + 4,
    "reading cookie and credential": 8 + 32,
    WebCrypto: 16,
  });
});

it("what no function of the Worker has called is workerd's, and waiting with it; garbage has its own name", () => {
  const profile = profileOf([
    { name: "(program)", parent: ROOT, samples: 1 },
    { name: "", parent: ROOT, samples: 2 },
    { name: "(garbage collector)", parent: ROOT, samples: 4 },
    { name: "(idle)", parent: ROOT, samples: 8 },
    { name: "helper", parent: ROOT, source: 3, samples: 16 },
  ]);
  expect(Object.fromEntries(samplesByPart(profile, locate))).toEqual({
    workerd: 1 + 2 + 8 + 16,
    "garbage collection": 4,
  });
});

it("the interval is that of samples which follow each other: time outside the isolate has none", () => {
  const profile = { ...profileOf([]), timeDeltas: [150, 160, 170, 160, 150, 9_000, 170, 50_000, 160] };
  expect(interval(profile)).toBe(160);
});

it("the rows of a column add up to all of the CPU", () => {
  const parts = new Map([
    ["garbage collection", 4],
    [LOG_LINE, 12],
  ]);
  const cells = profileTable([{ name: "made up", all: 100, rate: 8000.4, parts }])
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const found = Object.fromEntries(
    cells.filter(([, , value]) => value !== "–").map(([, name, value]) => [name, value]),
  );
  expect(found).toMatchObject({
    "garbage collection": "4.0",
    [LOG_LINE]: "12.0",
    "workerd itself, and KV's own Worker": "84.0",
    "**all**": "100",
    "requests/s": "8000",
  });
});
