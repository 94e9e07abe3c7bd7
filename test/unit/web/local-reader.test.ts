// What a reader without an account has on this device: two tabs lose nothing, and nothing stored can break a page.
import { describe, expect, test } from "vitest";
import type { ProgressEvent } from "../../../src/core/progress-events.ts";
import { LocalReader } from "../../../web/reader/local-reader.ts";
import { EMPTY_STATE, type LocalState, mergeStates, parseState, withEvents } from "../../../web/reader/local-state.ts";
import { safeStorage } from "../../../web/storage/safe-storage.ts";
import { MemoryStorage } from "./memory-storage.ts";

const NOW = Date.parse("2026-03-01T12:00:00.000Z");
const KEY = "docent:https://auth.example:course:local";
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();
const save = (page: string, seconds = -1): ProgressEvent => ({ type: "save", page, at: at(seconds) });

/** One more tab of the same browser. */
function tab(storage: Storage): LocalReader {
  return new LocalReader({ storage: safeStorage(() => storage), key: KEY, now: () => NOW });
}

describe("local state", () => {
  const a: LocalState = {
    ...withEvents(EMPTY_STATE, [save("/a"), { type: "read", page: "/a", at: at(-9), percent: 40 }], NOW),
    reading: { on: true, at: 5 },
    answers: { background: { experienceLevel: "beginner" }, at: 5 },
    titles: { "/a": "A" },
  };
  const b: LocalState = {
    ...withEvents(EMPTY_STATE, [save("/b"), { type: "read", page: "/a", at: at(-5), percent: 20 }], NOW),
    reading: { on: false, at: 9 },
    answers: { background: { experienceLevel: "expert" }, at: 3 },
    titles: { "/b": "B" },
    account: "ada",
  };

  test("of two tabs becomes one, the same in both directions and however often", () => {
    const both = mergeStates(a, b, NOW);
    expect(both).toMatchObject({ reading: { on: false }, answers: { at: 5 }, account: "ada" });
    expect(both.events).toContainEqual(save("/a"));
    expect(both.events).toContainEqual(save("/b"));
    expect(both.events).toContainEqual({ type: "read", page: "/a", at: at(-5), percent: 40 });
    expect(mergeStates(b, a, NOW)).toEqual({ ...both, titles: both.titles });
    expect(mergeStates(both, a, NOW)).toEqual(both);
    expect(mergeStates(both, both, NOW)).toEqual(both);
  });

  test("stays as small as what it says, however often a page is read", () => {
    let state = EMPTY_STATE;
    for (let percent = 1; percent <= 100; percent++) {
      state = withEvents(state, [{ type: "read", page: "/a", at: at(percent - 200), percent }], NOW);
    }
    expect(state.events).toEqual([{ type: "read", page: "/a", at: at(-100), percent: 100 }]);
  });

  test.each([
    ["no JSON", "{"],
    ["nothing", "null"],
    ["another version", JSON.stringify({ ...EMPTY_STATE, version: 2 })],
    ["an event of no kind", JSON.stringify({ ...EMPTY_STATE, events: [{ type: "like", page: "/a", at: at(0) }] })],
    [
      "a percentage over 100",
      JSON.stringify({ ...EMPTY_STATE, events: [{ ...save("/a"), type: "read", percent: 101 }] }),
    ],
    ["answers that are none", JSON.stringify({ ...EMPTY_STATE, answers: { at: 1, background: { role: "admin" } } })],
    ["titles that are none", JSON.stringify({ ...EMPTY_STATE, titles: { "/a": 1 } })],
  ])("that is damaged (%s) is taken for none, and can be written again", (_, text) => {
    expect(parseState(text)).toBeUndefined();
    const storage = new MemoryStorage();
    storage.setItem(KEY, text);
    const reader = tab(storage);
    expect(reader.state).toBeUndefined();
    reader.record([save("/b")]);
    expect(tab(storage).state?.events).toEqual([save("/b")]);
  });
});

describe("two tabs", () => {
  test("that write at the same moment lose nothing: the one that was overtaken adds its own again", () => {
    const storage = new MemoryStorage();
    const [one, other] = [tab(storage), tab(storage)];
    one.record([save("/one")]);
    const before = storage.getItem(KEY) ?? "";
    other.record([save("/other")]);
    // The write of the other tab began before it could see the first one's.
    storage.setItem(KEY, before.replace("/one", "/other"));
    one.sync();
    other.sync();
    expect(tab(storage).state?.events).toEqual([save("/one"), save("/other")]);
  });

  test("agree at last, in whatever order they hear of each other", () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const storage = new MemoryStorage();
      const tabs = [tab(storage), tab(storage)];
      for (let round = 0; round < 20; round++) {
        const stale = storage.getItem(KEY);
        tabs[0]?.record([save(`/a${round}`)]);
        if (round % 3 === 0 && stale !== null) storage.setItem(KEY, stale);
        tabs[1]?.record([save(`/b${round}`)]);
        for (const which of order) tabs[which]?.sync();
      }
      expect(tab(storage).state?.events).toHaveLength(40);
    }
  });

  test("both forget when one is told to, and what is done afterwards is kept", () => {
    const storage = new MemoryStorage();
    const [one, other] = [tab(storage), tab(storage)];
    one.record([save("/one")]);
    other.record([save("/other")]);
    one.clear();
    other.sync();
    expect(storage.length).toBe(0);
    other.record([save("/later")]);
    one.sync();
    expect(tab(storage).state?.events).toEqual([save("/later")]);
  });

  test("do not bring back what was forgotten while one of them was frozen", () => {
    const storage = new MemoryStorage();
    const [one, frozen] = [tab(storage), tab(storage)];
    frozen.record([save("/old")]);
    one.clear();
    one.record([save("/new")]);
    frozen.thaw();
    frozen.sync();
    expect(tab(storage).state?.events).toEqual([save("/new")]);
  });
});

describe("what belongs to an account", () => {
  const kept = { events: [save("/of-ada")], titles: {}, answers: { experienceLevel: "expert" as const } };

  test("is shown on this device where its reader left it, goes to no other account, and goes back to its own once", () => {
    const storage = new MemoryStorage();
    tab(storage).keep("ada", kept);
    const reader = tab(storage);
    expect(reader.state).toMatchObject({ events: kept.events, reading: { on: true } });
    expect(reader.background?.experienceLevel).toBe("expert");
    reader.record([save("/of-bob")]);
    expect(reader.state?.events).toHaveLength(2);

    expect(reader.claim("bob")).toMatchObject({ events: [save("/of-bob")], answers: null });
    reader.release("bob");
    expect(reader.claim("bob")).toBeUndefined();
    expect(reader.state).toBeUndefined();

    expect(reader.claim("ada")).toMatchObject({ events: kept.events, answers: { background: kept.answers } });
    reader.release("ada");
    expect(reader.claim("ada")).toBeUndefined();
    expect(storage.length).toBe(0);
  });

  test("leaves the next reader's own copy alone", () => {
    const storage = new MemoryStorage();
    tab(storage).keep("ada", kept);
    tab(storage).claim("bob");
    tab(storage).keep("bob", { events: [save("/of-bob")], titles: {}, answers: undefined });
    expect(tab(storage).state).toMatchObject({ events: [save("/of-bob")], answers: null });
    expect(tab(storage).claim("ada")?.events).toEqual([save("/of-ada")]);
  });

  test("waits where it could not be sent, also where nothing can be stored", () => {
    const reader = tab(Object.assign(new MemoryStorage(), { full: true }));
    reader.record([save("/a")]);
    expect(reader.holds("bob")).toBe(true);
    reader.claim("bob");
    expect([reader.holds("bob"), reader.holds("ada"), reader.state]).toEqual([true, false, undefined]);
    expect(reader.claim("bob")?.events).toEqual([save("/a")]);
  });
});

describe("a clock that was set back", () => {
  test("does not keep a reader from changing their mind", () => {
    const storage = new MemoryStorage();
    const before = new LocalReader({ storage: safeStorage(() => storage), key: KEY, now: () => NOW + 86_400_000 });
    before.remember(true);
    before.saveBackground({ experienceLevel: "expert" });
    const after = tab(storage);
    after.remember(false);
    after.saveBackground({ experienceLevel: "beginner" });
    expect(tab(storage).state).toMatchObject({ reading: { on: false } });
    expect(tab(storage).background?.experienceLevel).toBe("beginner");
  });
});

describe("a browser that stores nothing", () => {
  test.each([
    ["because it is full", () => Object.assign(new MemoryStorage(), { full: true })],
    [
      "because the reader forbids it",
      () => {
        throw new Error("SecurityError");
      },
    ],
  ])("%s still remembers until the page closes", (_, open: () => Storage) => {
    const reader = new LocalReader({ storage: safeStorage(open), key: KEY, now: () => NOW });
    reader.record([save("/a")], { "/a": "A" });
    reader.saveBackground({ experienceLevel: "expert" });
    expect(reader.state).toMatchObject({ events: [save("/a")], titles: { "/a": "A" } });
    expect(reader.background?.experienceLevel).toBe("expert");
    reader.clear();
    expect(reader.state).toBeUndefined();
  });
});
