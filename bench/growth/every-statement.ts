// Has the Worker send every statement that it knows: each route of the contract as one reader would call it, from the
// first look at a session to its end, and the scheduled handler.

import type { Session } from "../../dev/neon/backend.ts";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { prepare } from "../../test/harness/prepare.ts";
import { emailOf, PASSWORD, SESSIONS_OF } from "./fill.ts";
import { AUTH_SECRET, BASE_URL, type RealWorker, SITE } from "./real-worker.ts";

const CHANGED_PASSWORD = "another horse battery";

const catalogue = (pages: number, changed: string) => {
  const records = Array.from({ length: pages }, (_, n) => ({
    path: `/page-${n}`,
    pageKey: `/page-${n}`,
    lang: "en",
    version: "",
    title: `Page ${n}`,
    summary: "What you need, and in which order.",
    categories: [`Part ${n % 20}`],
    tags: ["setup", `tag-${n % 50}`],
    level: (["beginner", "intermediate", "advanced", "expert"] as const)[n % 4],
    operatingSystems: n % 3 === 0 ? ["linux"] : [],
    languages: n % 5 === 0 ? ["python"] : [],
    tools: [],
    hardware: [],
    prerequisites: n % 10 === 0 && n > 0 ? [`/page-${n - 1}`] : [],
    minutes: 5,
    position: n,
    contentHash: n === 0 ? changed : "1",
  }));
  return { pages: records.map(({ path, contentHash }) => ({ path, contentHash })), changed: records };
};

/** Pushes the site's catalogue, as a docs build does. @throws when the Worker refuses it */
export async function pushCatalogue(worker: RealWorker, pages: number, changed = "1"): Promise<void> {
  const response = await worker.send(`/api/catalog?site=${SITE}`, {
    method: "PUT",
    headers: { Authorization: worker.catalogueAuthorization, "Content-Type": "application/json" },
    body: JSON.stringify(catalogue(pages, changed)),
  });
  if (!response.ok) throw new Error(`PUT /api/catalog answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

/** Ends the session that it is called with, or others: called last, in this order. */
const ENDING = [
  "signIn",
  "revokeSession",
  "revokeOtherSessions",
  "changePassword",
  "signOut",
  "revokeSessions",
  "deleteAccount",
];

class Reader {
  readonly #worker: RealWorker;
  cookie = "";
  constructor(worker: RealWorker) {
    this.#worker = worker;
  }

  /** @throws when the answer is no success: then its statements have not all been sent */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<void> {
    const response = await this.#worker.send(path, {
      method,
      headers: {
        ...(this.cookie && { Cookie: this.cookie }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    // Other cookies hold a question that is open; `prepare` makes those.
    const pairs = response.headers.getSetCookie().map((one) => one.split(";")[0] ?? "");
    const session = pairs.find((pair) => pair.startsWith("__Host-docent.session_token=") && !pair.endsWith("="));
    if (session !== undefined) this.cookie = session;
  }
}

/**
 * Calls every route as this reader, with what the contract gives as an example.
 * @param session asks the same database behind the Worker's back
 * @param user the reader's number
 * @param pages how many the catalogue has
 * @param onCall told of each route before it is called
 */
export async function callEveryRoute(
  worker: RealWorker,
  session: Session,
  user: number,
  pages: number,
  onCall: (route: string) => void = () => {},
): Promise<void> {
  const own = (await session.query<{ id: string; token: string }>(SESSIONS_OF, [user])).rows;
  const [other, current] = own.slice(-2);
  if (!other || !current) throw new Error(`reader ${user} needs two sessions`);
  // As if they had just proved who they are, and not been seen for a while.
  await session.query("update session set authenticated_at = $2, last_accessed_at = null where id = $1", [
    current.id,
    new Date().toISOString(),
  ]);
  const reader = new Reader(worker);
  const at = new Date().toISOString();
  const events = [
    { type: "read", page: `/page-${user % pages}`, at, hash: "1", percent: 40 },
    { type: "complete", page: `/page-${(user + 1) % pages}`, at, hash: "1" },
    { type: "save", page: `/page-${(user + 2) % pages}`, at },
  ];
  /** Where the contract's example is not this reader's. */
  const bodies: Record<string, unknown> = {
    signUp: { email: `new-${emailOf(user)}`, password: PASSWORD, name: "New" },
    signIn: { email: emailOf(user), password: PASSWORD },
    revokeSession: { token: other.id },
    provePassword: { password: PASSWORD },
    changePassword: { currentPassword: PASSWORD, newPassword: CHANGED_PASSWORD, revokeOtherSessions: true },
    mergeProgress: { site: SITE, sentAt: at, events },
  };
  const queries: Record<string, Record<string, string>> = { listRecommendations: { current: "/page-0" } };

  const call = async (id: string) => {
    const operation = OPERATIONS.find((one) => one.id === id);
    if (!operation) throw new Error(`The contract has no ${id}`);
    const { route, method, path, exampleQuery, body, caller, origin } = operation;
    onCall(route);
    if (id === "pushCatalogue") return pushCatalogue(worker, pages, `pushed-by-${user}`);
    // Who signs up or in is nobody yet.
    const cookieless = origin === "anyone" || id === "signUp" || id === "signIn";
    if (cookieless) reader.cookie = "";
    else if (reader.cookie === "") reader.cookie = await worker.cookieOf(current.token);
    const headers = caller === "anyone" && id === "isReady" ? { Authorization: worker.readyAuthorization } : {};
    const query = exampleQuery ? `?${new URLSearchParams({ ...exampleQuery, ...queries[id] })}` : "";
    const made = await prepare(
      operation,
      async (text, values) => (await session.query(text, values)).rows,
      { authSecret: AUTH_SECRET, baseUrl: BASE_URL },
      reader.cookie,
    );
    return reader.call(method, path + query, body && (bodies[id] ?? made.json ?? body.example), {
      ...headers,
      ...(made.cookie && { Cookie: [reader.cookie, made.cookie].filter(Boolean).join("; ") }),
    });
  };

  // The demo's configuration, which this Worker has, names no provider.
  const there = OPERATIONS.filter(({ wayIn }) => wayIn !== "provider");
  for (const { id } of there.filter(({ id }) => !ENDING.includes(id))) await call(id);
  reader.cookie = await worker.cookieOf(current.token);
  // What else a route does when something is stored already, or outdated, or asked for together.
  onCall("GET /api/recommendations");
  await reader.call("GET", `/api/recommendations?site=${SITE}`);
  onCall("POST /api/progress?with=me");
  await reader.call("POST", "/api/progress?with=me", { site: SITE, sentAt: at, events: events.slice(0, 1) });
  onCall("GET /api/recommendations, outdated");
  await reader.call("GET", `/api/recommendations?site=${SITE}`);
  onCall("PATCH /api/background");
  await reader.call("PATCH", "/api/background", { primaryDomain: "navigation" });
  onCall("GET /api/me");
  await reader.call("GET", `/api/me?site=${SITE}`);
  // Whoever has a second factor by now is asked for it, and not signed in.
  await session.query(`update "user" set two_factor_enabled = false where email = $1`, [emailOf(user)]);
  for (const id of ENDING.slice(0, -2)) await call(id);
  bodies.signIn = { email: emailOf(user), password: CHANGED_PASSWORD };
  for (const id of ENDING.slice(-2)) {
    await call("signIn");
    await call(id);
  }
}
