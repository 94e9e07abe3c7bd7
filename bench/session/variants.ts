// What is measured, and with which requests.
import { createHash, randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import type { Shot } from "./load.ts";
import type { Readers, SessionToken } from "./readers.ts";
import { AUTH_SECRET, DOCS_ORIGIN, type WorkerName } from "./setting.ts";

/** Sessions that take turns where a session may be used again. */
const SESSIONS = 64;
/** Sessions that no cache has seen, for one measurement, at most. */
const UNSEEN = 600;
const PASSWORD = "correct horse battery staple";

/** What variants need to make their requests. */
export interface Lab {
  readers: Readers;
  /** Sends one request that is not measured. @throws when the answer is not 200 */
  ask(worker: WorkerName, shot: Shot | (Omit<Shot, "method"> & { method: "PUT" })): Promise<Response>;
  /** The text of the one statement that a miss of Docent's caches sends. */
  sessionStatement(): Promise<string>;
}

/** The requests of one measurement. */
export interface Series {
  /** Undefined when there is none left. */
  next: () => Shot | undefined;
  /** Bytes of the `Cookie` header. */
  cookieBytes: number;
}

export type VariantGroup = "session" | "sign-up" | "sign-in" | "sign-out";

export interface Variant {
  id: string;
  /** As tables name it. */
  name: string;
  group: VariantGroup;
  worker: WorkerName;
  /** False where no answer waits for the database: its latency then changes nothing, and is not measured. */
  database: boolean;
  /** What an answer must contain, so that nothing else is measured by mistake. */
  answer: RegExp;
  /** @param count requests that will be sent at most */
  series(lab: Lab, count: number): Promise<Series>;
}

const headers = (cookie?: string) => ({
  origin: DOCS_ORIGIN,
  "sec-fetch-site": "same-site",
  "sec-fetch-mode": "cors",
  ...(cookie !== undefined && { cookie }),
});
const get = (path: string, cookie?: string): Shot => ({ method: "GET", path, headers: headers(cookie) });
const post = (path: string, body: object, cookie?: string): Shot => ({
  method: "POST",
  path,
  headers: { ...headers(cookie), "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** The same requests again and again. */
function inTurn(shots: Shot[]): Series {
  let sent = -1;
  return {
    next: () => {
      sent += 1;
      return shots[sent % shots.length];
    },
    cookieBytes: cookieBytes(shots),
  };
}
/** Each request once. */
function once(shots: Shot[]): Series {
  const left = shots.values();
  return { next: () => left.next().value, cookieBytes: cookieBytes(shots) };
}
/** Of the shortest that it can be: each "+" or "/" of a signature in base64 is sent as three characters. */
const cookieBytes = ([shot]: Shot[]) => shot?.headers.cookie?.replaceAll(/%2[BF]/g, "+").length ?? 0;

/** Made once per run, whenever they are first needed. */
function remembered<Made>(make: (lab: Lab) => Promise<Made>): (lab: Lab) => Promise<Made> {
  const made = new WeakMap<Lab, Promise<Made>>();
  return (lab) => {
    const known = made.get(lab) ?? make(lab);
    made.set(lab, known);
    return known;
  };
}

/** In memory and in KV, from one look-up each at the moment at which the clock stands still. */
const cachedSessions = remembered(async (lab) => {
  const sessions = await lab.readers.docent(SESSIONS);
  for (const { cookie } of sessions) await lab.ask("docent-still", get("/api/session", cookie));
  return sessions;
});
const stockSessions = remembered((lab) => lab.readers.stock(SESSIONS));

/** Signs up, and gives the cookies that the answer sets. */
async function signUp(lab: Lab, worker: WorkerName) {
  const email = `${randomUUID()}@bench.test`;
  const answer = await lab.ask(worker, post("/api/auth/sign-up/email", { email, password: PASSWORD, name: "Reader" }));
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
  return { email, cookies };
}
const signedUp = (worker: WorkerName) => remembered((lab) => signUp(lab, worker));
/** More than connections: tries of one account at the same time are limited. */
const SIGNING_IN = 32;
const signingIn = Object.fromEntries(
  (["docent", "stock", "stock-joins"] as const).map((worker) => [
    worker,
    remembered(async (lab) => {
      const emails: string[] = [];
      while (emails.length < SIGNING_IN) emails.push((await signUp(lab, worker)).email);
      return emails;
    }),
  ]),
);
const cookieCacheReader = signedUp("stock-cookie-cache");
const secondaryStorageReader = signedUp("stock-secondary-storage");

const check = (
  variant: Pick<Variant, "id" | "name" | "worker" | "answer" | "series"> & { database?: boolean },
): Variant => ({
  group: "session",
  database: false,
  ...variant,
});

const stockCheck = (id: string, name: string, worker: WorkerName) =>
  check({
    id,
    name,
    worker,
    database: true,
    answer: /"email":"rows@bench.test"/,
    series: async (lab) => inTurn((await stockSessions(lab)).map(({ cookie }) => get("/api/auth/get-session", cookie))),
  });

const SESSION_CHECKS: Variant[] = [
  check({
    id: "empty",
    name: "an empty Hono response",
    worker: "bare",
    answer: /^$/,
    series: async () => inTurn([get("/empty")]),
  }),
  check({
    id: "kv",
    name: "a bare KV read",
    worker: "bare",
    // Sealed, so that any byte may be in it.
    answer: /^.{100}/s,
    series: async (lab) => {
      const key = ({ token }: SessionToken) => createHash("sha256").update(token).digest("hex");
      return inTurn((await cachedSessions(lab)).slice(0, 1).map((session) => get(`/kv?key=${key(session)}`)));
    },
  }),
  check({
    id: "statement",
    name: "one bare Neon query",
    worker: "bare",
    database: true,
    answer: /beginner/,
    series: async (lab) => {
      const sessions = await cachedSessions(lab);
      await lab.ask("bare", {
        method: "PUT",
        path: "/statement",
        headers: {},
        body: await lab.sessionStatement(),
      });
      return inTurn(sessions.map(({ token }) => get(`/statement?token=${token}`)));
    },
  }),
  check({
    id: "memory",
    name: "Docent, from memory",
    worker: "docent-still",
    answer: /"skillLevel":"beginner"/,
    series: async (lab) => inTurn((await cachedSessions(lab)).map(({ cookie }) => get("/api/session", cookie))),
  }),
  check({
    id: "from-kv",
    name: "Docent, from KV",
    worker: "docent-skipping",
    answer: /"skillLevel":"beginner"/,
    // One session: the clock of two requests for it, one after the other, is never the same.
    series: async (lab) =>
      inTurn((await cachedSessions(lab)).slice(0, 1).map(({ cookie }) => get("/api/session", cookie))),
  }),
  check({
    id: "from-postgres",
    name: "Docent, from Postgres",
    worker: "docent",
    database: true,
    answer: /"skillLevel":"beginner"/,
    series: async (lab, count) =>
      once((await lab.readers.docent(Math.min(count, UNSEEN))).map(({ cookie }) => get("/api/session", cookie))),
  }),
  stockCheck("stock", "Better Auth", "stock"),
  stockCheck("stock-joins", "Better Auth, joins", "stock-joins"),
  check({
    id: "stock-cookie-cache",
    name: "Better Auth, cookie cache",
    worker: "stock-cookie-cache",
    answer: /"email":"[^"]+@bench.test"/,
    series: async (lab) => {
      const { cookies } = await cookieCacheReader(lab);
      const token = cookies.find((cookie) => cookie.includes(".session_token=")) ?? "";
      // The cache lives five minutes: each measurement gets a fresh one.
      const answer = await lab.ask("stock-cookie-cache", get("/api/auth/get-session", token));
      const data = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
      return inTurn([get("/api/auth/get-session", [token, ...data].join("; "))]);
    },
  }),
  check({
    id: "stock-secondary-storage",
    name: "Better Auth, KV as secondary storage",
    worker: "stock-secondary-storage",
    answer: /"email":"[^"]+@bench.test"/,
    series: async (lab) =>
      inTurn([get("/api/auth/get-session", (await secondaryStorageReader(lab)).cookies.join("; "))]),
  }),
  check({
    id: "jwt",
    name: "a JWT (HS256), checked by jose",
    worker: "bare",
    answer: /"skillLevel":"beginner"/,
    series: async () => {
      const jwt = await new SignJWT({ sid: randomUUID(), role: "user", skillLevel: "beginner" })
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(randomUUID())
        .setIssuedAt()
        .setExpirationTime("1h")
        .sign(new TextEncoder().encode(AUTH_SECRET));
      return inTurn([get("/jwt", `session=${jwt}`)]);
    },
  }),
];

const ACCOUNT_WORKERS: { id: string; name: string; worker: WorkerName; docent: boolean }[] = [
  { id: "", name: "Docent", worker: "docent", docent: true },
  { id: "stock-", name: "Better Auth", worker: "stock", docent: false },
  { id: "stock-joins-", name: "Better Auth, joins", worker: "stock-joins", docent: false },
];

const ACCOUNTS: Variant[] = ACCOUNT_WORKERS.flatMap(({ id, name, worker, docent }): Variant[] => [
  {
    id: `${id}sign-up`,
    name: `sign-up, ${name}`,
    group: "sign-up",
    worker,
    database: true,
    answer: /"email":"[^"]+@bench.test"/,
    series: async (_lab, count) =>
      once(
        Array.from({ length: count }, () =>
          post("/api/auth/sign-up/email", { email: `${randomUUID()}@bench.test`, password: PASSWORD, name: "Reader" }),
        ),
      ),
  },
  {
    id: `${id}sign-in`,
    name: `sign-in, ${name}`,
    group: "sign-in",
    worker,
    database: true,
    answer: /"email":"[^"]+@bench.test"/,
    series: async (lab) => {
      const emails = (await signingIn[worker]?.(lab)) ?? [];
      return inTurn(emails.map((email) => post("/api/auth/sign-in/email", { email, password: PASSWORD })));
    },
  },
  {
    id: `${id}sign-out`,
    name: `sign-out, ${name}`,
    group: "sign-out",
    worker,
    database: true,
    answer: /"success":true/,
    series: async (lab, count) => {
      const sessions = await (docent ? lab.readers.docent(count) : lab.readers.stock(count));
      return once(sessions.map(({ cookie }) => post("/api/auth/sign-out", {}, cookie)));
    },
  },
]);

export const VARIANTS: Variant[] = [...SESSION_CHECKS, ...ACCOUNTS.toSorted(byGroup)];

function byGroup(a: Variant, b: Variant): number {
  const order: VariantGroup[] = ["sign-up", "sign-in", "sign-out"];
  return order.indexOf(a.group) - order.indexOf(b.group);
}
