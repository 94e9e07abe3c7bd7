// Who is reading, over several visits of one browser: nothing of one reader reaches another, and nothing is lost.
// The Worker is answers in the order they are asked for; storage and everything that uses it is real.
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { ProgressEvent } from "../../../src/core/progress-events.ts";
import type { Api, Outcome } from "../../../web/api/api.ts";
import type { Shape } from "../../../web/api/shape.ts";
import type { LooseBackground, Me } from "../../../web/api/wire.ts";
import { createFactCache, readFacts } from "../../../web/passages/facts.ts";
import { saveBackground, signIn, signOut, signUp } from "../../../web/reader/account.ts";
import { forgetDevice } from "../../../web/reader/forget-device.ts";
import { openLocal } from "../../../web/reader/local.ts";
import { Outbox } from "../../../web/reader/outbox.ts";
import { ReaderStore } from "../../../web/reader/reader-store.ts";
import { Visit } from "../../../web/reader/visit.ts";
import { createDevice, keysOf } from "../../../web/storage/device.ts";
import { safeStorage } from "../../../web/storage/safe-storage.ts";
import { MemoryStorage } from "./memory-storage.ts";

const WORKER = "https://auth.example";
const UNREACHABLE = { ok: false, failure: { kind: "unreachable" } } as const;
const SIGNED_OUT = { ok: false, failure: { kind: "refused", status: 401, code: "UNAUTHORIZED" } } as const;
type List = Awaited<ReturnType<Api["recommendations"]>>;
const listOf = async (...names: string[]): Promise<List> => ({
  ok: true,
  value: {
    recommendations: names.map((name) => ({
      path: `/${name}`,
      title: name,
      summary: "",
      level: null,
      minutes: null,
      reasons: [],
      readFirst: [],
    })),
  },
});
const at = () => new Date().toISOString();
const save = (page: string): ProgressEvent => ({ type: "save", page, at: at() });

/** The part of the Worker that readers' data goes to. */
class Accounts {
  cookie: string | undefined;
  /** Names of calls that nobody answers. */
  readonly down = new Set<string>();
  readonly backgrounds = new Map<string, LooseBackground>();
  readonly events = new Map<string, ProgressEvent[]>();
  /** Answers the next question who this is. */
  late: Promise<Outcome<Me>> | undefined;
  /** Answer the next questions for a list. */
  readonly lists: Promise<List>[] = [];

  saved(reader: string): string[] {
    return (this.events.get(reader) ?? []).map((event) => event.page);
  }

  me(): Outcome<Me> {
    const id = this.cookie;
    if (id === undefined) return SIGNED_OUT;
    return {
      ok: true,
      value: { user: { id, email: "", name: "" }, background: this.backgrounds.get(id) ?? { updatedAt: null } },
    };
  }

  api(): Api {
    const answer = async <T>(name: string, work: () => Outcome<T>): Promise<Outcome<T>> =>
      this.down.has(name) ? UNREACHABLE : work();
    const write = (reader: string, body: LooseBackground): Outcome<LooseBackground> => {
      if (reader !== this.cookie) return SIGNED_OUT;
      const background = { ...this.backgrounds.get(this.cookie ?? ""), ...body, updatedAt: at() };
      this.backgrounds.set(this.cookie ?? "", background);
      return { ok: true, value: background };
    };
    return {
      worker: WORKER,
      // What the dialog asks: in and out. Who comes in is who was named.
      call: <T>(_: string, path: string, shape: Shape<T>, { body }: { body?: unknown } = {}) =>
        answer(path.endsWith("sign-out") ? "signOut" : "enter", () => {
          const { email } = body as { email?: string };
          this.cookie = email;
          return { ok: true, value: shape({}) };
        }),
      me: () => this.late ?? answer("me", () => this.me()),
      progress: (reader, events, { withMe } = {}) =>
        answer("progress", () => {
          const me = this.me();
          if (!me.ok || reader !== this.cookie) return SIGNED_OUT;
          this.events.set(reader, [...(this.events.get(reader) ?? []), ...(events as ProgressEvent[])]);
          return { ok: true, value: { me: withMe ? me.value : undefined } };
        }),
      user: () => answer("user", () => ({ ok: true, value: null })),
      background: () =>
        answer("background", () => ({ ok: true, value: this.backgrounds.get(this.cookie ?? "") ?? {} })),
      changeBackground: (reader, body) => answer("background", () => write(reader, body)),
      saveBackground: (reader, body) => answer("background", () => write(reader, body)),
      recommendations: () => this.lists.shift() ?? listOf(),
    };
  }
}

let accounts: Accounts;
let local: MemoryStorage;
let session: MemoryStorage;

beforeAll(() => {
  const page = Object.assign(new EventTarget(), {
    querySelector: () => null,
    documentElement: { lang: "en" },
    title: "A page",
  });
  vi.stubGlobal("document", page);
  vi.stubGlobal("DOCENT_QUESTIONS", "");
  vi.stubGlobal("location", { pathname: "/page" });
});
afterAll(() => vi.unstubAllGlobals());
beforeEach(() => {
  accounts = new Accounts();
  local = new MemoryStorage();
  session = new MemoryStorage();
  vi.stubGlobal("localStorage", local);
  vi.stubGlobal("sessionStorage", session);
});

/** A page view that has not found out yet who this is. */
function openStore(site: string): ReaderStore {
  const keys = keysOf(WORKER, site);
  const device = createDevice(keys);
  const api = accounts.api();
  const now = () => Date.now();
  const host = { keys, catalogue: "data:," };
  return new ReaderStore({
    api,
    device,
    visit: new Visit(
      safeStorage(() => sessionStorage),
      keys.visit,
      now,
    ),
    outbox: new Outbox({
      storage: safeStorage(() => localStorage),
      prefix: keys.outbox,
      send: api.progress,
      now,
      random: Math.random,
      randomId: () => crypto.randomUUID(),
      locks: undefined,
    }),
    facts: createFactCache(WORKER),
    openLocal: async () => openLocal(host),
    forgetDevice: (account) => forgetDevice(WORKER, account),
    rememberAlways: false,
  });
}

const credentials = (email: string) => ({ email, password: "a good password" });

/** A page view. */
async function open(site = "course"): Promise<ReaderStore> {
  const store = openStore(site);
  await store.begin();
  return store;
}

const keys = (storage: Storage) => Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
const localKeys = () => keys(local).filter((key) => key.includes(":local"));

test("What a reader left on the device at sign-out goes to no other account, and back to theirs", async () => {
  const store = await open();
  await signUp(store, { ...credentials("ada"), isPublic: false }, "en");
  await saveBackground(store, { experienceLevel: "expert" });
  await store.act([save("/of-ada")]);
  await signOut(store, true);
  await vi.waitFor(() => expect(store.reader).toEqual({ status: "guest", hasAnswers: true }));
  await store.act([save("/of-bob")]);

  await signUp(store, { ...credentials("bob"), isPublic: false }, "en");
  expect(accounts.saved("bob")).toEqual(["/of-bob"]);
  expect(accounts.backgrounds.get("bob")).toBeUndefined();
  await store.act([save("/later")]);
  await signOut(store, true);
  await vi.waitFor(() => expect(store.reader.status).toBe("guest"));
  expect(store.reading.at("/of-ada")).toBeUndefined();

  accounts.events.clear();
  accounts.backgrounds.delete("ada");
  await signIn(store, { ...credentials("ada"), isPublic: false });
  expect(accounts.saved("ada")).toEqual(["/of-ada"]);
  expect(accounts.backgrounds.get("ada")).toMatchObject({ experienceLevel: "expert" });
  expect(localKeys().filter((key) => key.includes("ada"))).toEqual([]);
});

test("What could not be taken along at sign-up is taken along later, also where events wait to be sent", async () => {
  const store = await open();
  await store.act([save("/before")]);
  accounts.down.add("progress");
  await signUp(store, { ...credentials("ada"), isPublic: false }, "en");
  await store.act([save("/after")]);
  accounts.down.clear();
  vi.useFakeTimers({ now: Date.now() + 3_600_000, toFake: ["Date"] });
  await open();
  vi.useRealTimers();
  expect(accounts.saved("ada").sort()).toEqual(["/after", "/before"]);
  expect(localKeys()).toEqual([]);
});

test("What is only in memory, because storage is full, is taken along at sign-up", async () => {
  local.full = true;
  const store = await open();
  await store.act([save("/before")]);
  expect(localKeys()).toEqual([]);
  await signUp(store, { ...credentials("ada"), isPublic: false }, "en");
  expect(accounts.saved("ada")).toEqual(["/before"]);
});

/** What another site of this Worker, another reader and another Worker have stored on this origin. */
function storeForOthers(): void {
  for (const key of [
    "other:local",
    "other:local:ada",
    "other:outbox:ada:1",
    "other:outbox:wait",
    "course:outbox:wait",
  ]) {
    local.setItem(`docent:${WORKER}:${key}`, "{}");
  }
  local.setItem(`docent:${WORKER}:other:outbox:bob:1`, "{}");
  local.setItem(`docent:${WORKER}:8443:facts`, "{}");
  local.setItem("theme", "dark");
  session.setItem(`docent:${WORKER}:passages`, "{}");
  session.setItem(`docent:${WORKER}:other:visit`, "{}");
}
const STAYS = [`docent:${WORKER}:other:outbox:bob:1`, `docent:${WORKER}:8443:facts`, "theme"];

test("Signing out with nothing kept leaves nothing of this Worker's but what other readers' accounts wait for", async () => {
  const store = await open();
  await store.act([save("/before")]);
  accounts.down.add("progress");
  await signUp(store, { ...credentials("ada"), isPublic: true }, "en");
  accounts.down.clear();
  await store.act([save("/after")]);
  storeForOthers();
  // The next page, where the part for readers without an account is not loaded.
  const next = await open();
  expect(await signOut(next, false)).toBeUndefined();
  expect(keys(local)).toEqual(STAYS);
  expect(keys(session)).toEqual([]);
  expect(next.reader.status).toBe("signed-out");
});

test("Removing it all without an account leaves every account's waiting events, and nothing else", async () => {
  const store = await open();
  await store.act([save("/before")]);
  storeForOthers();
  store.forget();
  expect(keys(local)).toEqual([`docent:${WORKER}:other:outbox:ada:1`, ...STAYS]);
  expect(keys(session)).toEqual([]);
  expect(store.reader.status).toBe("signed-out");
});

test("Signing out with nothing kept sends first what waits, and does not sign out while it cannot", async () => {
  const store = await open();
  await signUp(store, { ...credentials("ada"), isPublic: true }, "en");
  store.addEventListener("leaving", () =>
    store.track([{ type: "read", page: "/page", at: at(), percent: 70 }], "A page"),
  );
  accounts.down.add("progress");
  await store.act(Array.from({ length: 250 }, (_, index) => save(`/page-${index}`)));
  expect(await signOut(store, false)).toEqual(UNREACHABLE.failure);
  expect(store.reader.status).toBe("signed-in");
  accounts.down.clear();
  expect(await signOut(store, false)).toBeUndefined();
  expect(new Set(accounts.saved("ada")).size).toBe(251);
  expect(keys(local)).toEqual([]);
});

test("An answer about the reader before changes nothing of the reader after, whatever it says and whenever it comes", async () => {
  const before = await open();
  await signUp(before, { ...credentials("ada"), isPublic: false }, "en");
  session.clear();
  for (const late of [accounts.me(), SIGNED_OUT] as const) {
    const held = Promise.withResolvers<Outcome<Me>>();
    accounts.late = held.promise;
    const store = openStore("course");
    const opened = store.begin();
    accounts.late = undefined;
    await signIn(store, { ...credentials("bob"), isPublic: false });
    held.resolve(late);
    await opened;
    expect(store.reader).toMatchObject({ status: "signed-in", id: "bob" });
    expect(local.getItem(`docent:${WORKER}:signed-in`)).toBe("bob");
    await signIn(store, { ...credentials("ada"), isPublic: false });
    session.clear();
  }
});

test("A list that was asked for earlier, or for another reader, is not shown when it comes late", async () => {
  const store = await open();
  await signUp(store, { ...credentials("ada"), isPublic: false }, "en");
  const first = Promise.withResolvers<List>();
  accounts.lists.push(first.promise, listOf("second"));
  store.lists.want(1);
  await saveBackground(store, { experienceLevel: "expert" });
  await vi.waitFor(() => expect(store.recommendations).toMatchObject({ items: [{ path: "/second" }] }));
  first.resolve(await listOf("first"));
  await first.promise;
  await vi.waitFor(() => expect(store.recommendations).toMatchObject({ items: [{ path: "/second" }] }));

  const refused = Promise.withResolvers<List>();
  accounts.lists.push(refused.promise, listOf("of-bob"));
  const asked = store.lists.load();
  await signIn(store, { ...credentials("bob"), isPublic: false });
  refused.resolve(SIGNED_OUT);
  await asked;
  await vi.waitFor(() => expect(store.recommendations).toMatchObject({ items: [{ path: "/of-bob" }] }));
  expect(store.reader).toMatchObject({ status: "signed-in", id: "bob" });
});

test("Passages follow a guest's last answers on all sites of the Worker, and are not left without on a site that has none", async () => {
  const facts = () => readFacts(WORKER);
  const course = await open();
  await saveBackground(course, { experienceLevel: "beginner" });
  const other = await open("other");
  await other.act([save("/page")]);
  expect(facts()).toEqual({ level: ["beginner"] });
  expect((await open("other")).reader).toEqual({ status: "guest", hasAnswers: false });
  expect(facts()).toEqual({ level: ["beginner"] });

  vi.useFakeTimers({ now: Date.now() + 1000, toFake: ["Date"] });
  await saveBackground(other, { experienceLevel: "expert" });
  await open();
  expect(facts()).toEqual({ level: ["expert"] });
  await open("other");
  vi.useRealTimers();
  expect(facts()).toEqual({ level: ["expert"] });
});

test("When a session ends, nothing that the account answered is left for passages", async () => {
  const store = await open();
  await signUp(store, { ...credentials("ada"), isPublic: false }, "en");
  await saveBackground(store, { experienceLevel: "expert" });
  expect(readFacts(WORKER)).toEqual({ level: ["expert"] });
  accounts.cookie = undefined;
  await store.begin(true);
  expect(store.reader.status).toBe("signed-out");
  expect(readFacts(WORKER)).toEqual({});
});

test("A page that comes back from the browser's cache shows what was done on the pages after it", async () => {
  const before = await open();
  await signUp(before, { ...credentials("ada"), isPublic: false }, "en");
  const after = await open();
  await after.act([save("/later")]);
  await vi.waitFor(() => expect(accounts.saved("ada")).toEqual(["/later"]));
  expect(before.reading.at("/later")).toBeUndefined();
  before.sync(true);
  expect(before.reading.at("/later")?.savedAt).toBeTypeOf("number");
  await before.act([save("/again")]);
  expect((await open()).reading.at("/later")?.savedAt).toBeTypeOf("number");
});

test("During a pause after a failure a page keeps its request, and the network coming back ends the pause", async () => {
  const store = await open();
  await signUp(store, { ...credentials("ada"), isPublic: false }, "en");
  accounts.down.add("progress");
  await store.act([save("/waits")]);
  const next = await open();
  accounts.down.clear();
  await next.sendWaiting(true);
  expect(accounts.saved("ada")).toEqual([]);
  await next.sendWaiting(false, true);
  expect(accounts.saved("ada")).toEqual(["/waits"]);
  // That was the one request of this page.
  expect(next.parts.visit.mayAsk()).toBe(false);
});

test("A router's next page may ask once, and what an earlier page waits with is sent first", async () => {
  const store = await open();
  await signUp(store, { ...credentials("ada"), isPublic: false }, "en");
  const next = await open();
  expect(next.parts.visit.mayAsk()).toBe(true);
  next.track([{ type: "read", page: "/page", at: at(), percent: 70 }], "A page");
  next.turnPage();
  // The page that was left had asked already: its event waits for a request of the new one.
  expect(accounts.saved("ada")).toEqual([]);
  expect(next.reading.at("/page")?.percent).toBe(70);
  await next.sendWaiting(true);
  expect(accounts.saved("ada")).toEqual(["/page"]);
  next.turnPage();
  expect(next.parts.visit.mayAsk()).toBe(true);
  expect(next.parts.visit.mayAsk()).toBe(false);
});

test("Answers are never saved for somebody else who signed in meanwhile", async () => {
  const store = await open();
  await signUp(store, { ...credentials("ada"), isPublic: false }, "en");
  accounts.cookie = "bob";
  expect(await saveBackground(store, { experienceLevel: "expert" })).toEqual(SIGNED_OUT.failure);
  expect(accounts.backgrounds.get("bob")).toBeUndefined();
  expect(store.reader).toMatchObject({ status: "signed-in", id: "bob" });
  accounts.cookie = undefined;
  expect(await saveBackground(store, { experienceLevel: "expert" })).toEqual(SIGNED_OUT.failure);
  expect(store.reader.status).toBe("signed-out");
});

test("A router's next page knows what a reader without an account did on the one before, and loads nothing again", async () => {
  const store = await open();
  await store.act([save("/page")]);
  const { local: before } = store;
  expect(before).toBeDefined();
  store.turnPage();
  await vi.waitFor(() => expect(store.reader.status).toBe("guest"));
  await Promise.resolve();
  expect(store.local).toBe(before);
  expect(store.reading.at("/page")?.savedAt).toBeTypeOf("number");
});
