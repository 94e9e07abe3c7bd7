// From V8's samples to the named parts of an answer. Pure.
import type { CpuProfile } from "./inspector.ts";

/** Where a function of the bundle comes from: a path of the repository, or `package/…`. Undefined: of no source. */
export type Locate = (line: number, column: number) => string | undefined;

export const GARBAGE = "garbage collection";
/**
 * No function of the Worker is on the stack: workerd's own work, or waiting. Samples are taken only while the isolate is
 * in use, so that they tell only a piece of it; the table has what is left of the process's CPU.
 */
export const RUNTIME = "workerd";

const CRYPTO = new Set(["verify", "sign", "digest", "encrypt", "decrypt", "importKey", "deriveKey", "deriveBits"]);
const WEB_CRYPTO = "WebCrypto";

/** The first that fits. What fits none is for the function that called it. */
const PARTS: [part: string, source: RegExp][] = [
  ["Hono: routing, chain, `Response`", /^hono\//],
  ["security headers, CORS, cookie form", /^src\/http\/(security-headers|origin|session-cookie)\.ts$/],
  ["request id, context, fields of the log line", /^src\/http\/(access-log|request-context|app-env)\.ts$/],
  ["reading cookie and credential", /^src\/session\/credential\.ts$/],
  ["opening and sealing an entry", /^src\/session\/cached-session\.ts$/],
  ["check of an entry's form (zod)", /^(zod\/|src\/core\/)/],
  [
    "KV's binding, its time limit",
    /^(src\/session\/kv-tier\.ts|src\/http\/time-limit\.ts|bench\/session\/workers\/counted\.ts)$/,
  ],
  ["Neon's driver, drizzle", /^(@neondatabase\/|drizzle-orm\/|src\/db\/|src\/session\/queries\.ts)/],
  ["jose", /^jose\//],
  ["memory, verdict, body of the answer", /^src\/session\//],
  ["the bare route", /^bench\/session\/workers\/bare\.ts$/],
];
/** Every part that a profile can see, in the order of the table. */
export const PART_NAMES = [...PARTS.map(([part]) => part), WEB_CRYPTO, GARBAGE];

/** Microseconds between two samples that follow each other: the sampler wakes later than asked. */
export function interval({ timeDeltas }: CpuProfile): number {
  const sorted = timeDeltas.toSorted((a, b) => a - b);
  // A longer gap is time outside the isolate, of which there are no samples.
  const following = sorted.filter((delta) => delta <= 2 * (sorted[Math.floor(sorted.length / 4)] ?? 0));
  return following[Math.floor(following.length / 2)] ?? Number.NaN;
}

/** Samples of each part. */
export function samplesByPart(profile: CpuProfile, locate: Locate): Map<string, number> {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const parts = new Map<number, string>();
  const partOf = (id: number): string => {
    const known = parts.get(id);
    if (known !== undefined) return known;
    const parent = parents.get(id);
    const frame = nodes.get(id)?.callFrame;
    const part = (frame && ownPart(frame, locate)) ?? (parent === undefined ? RUNTIME : partOf(parent));
    parts.set(id, part);
    return part;
  };
  const counts = new Map<string, number>();
  for (const sample of profile.samples) counts.set(partOf(sample), (counts.get(partOf(sample)) ?? 0) + 1);
  return counts;
}

/** @returns undefined for what is part of its caller: natives, V8's and workerd's own JavaScript, helpers of a bundler */
function ownPart(frame: CpuProfile["nodes"][number]["callFrame"], locate: Locate): string | undefined {
  const { functionName, url, lineNumber, columnNumber } = frame;
  if (functionName === "(garbage collector)") return GARBAGE;
  if (url === "") return CRYPTO.has(functionName) ? WEB_CRYPTO : undefined;
  if (url.startsWith("node-internal:")) return undefined;
  const source = locate(lineNumber, columnNumber);
  return source === undefined ? undefined : PARTS.find(([, pattern]) => pattern.test(source))?.[0];
}
