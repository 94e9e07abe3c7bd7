// Reading events arrive late, twice and out of order, from clocks that are wrong: the result is the same.
import { describe, expect, it } from "vitest";
import { eventsOf, mergeEvents, type PageProgress } from "../../src/core/merge-progress.ts";
import { type ProgressEvent, progressInput } from "../../src/core/progress-events.ts";

const NOW = Date.parse("2026-03-01T12:00:00.000Z");
const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
const merge = (events: ProgressEvent[], sentAt = at(0), now = NOW) => mergeEvents({ sentAt, events }, now);
const byPage = (pages: PageProgress[]) => [...pages].sort((a, b) => (a.pageKey < b.pageKey ? -1 : 1));

const EVENTS: ProgressEvent[] = [
  { type: "read", page: "urdf", at: at(-50), percent: 40, hash: "a" },
  { type: "read", page: "urdf", at: at(-40), percent: 10, hash: "b" },
  { type: "complete", page: "urdf", at: at(-30) },
  { type: "save", page: "urdf", at: at(-20) },
  { type: "unsave", page: "urdf", at: at(-10) },
  { type: "save", page: "nodes", at: at(-5) },
  { type: "dismiss", page: "nodes", at: at(-9) },
  { type: "restore", page: "nodes", at: at(-8) },
  { type: "feedback", page: "urdf", at: at(-7), feedback: "too-hard" },
  { type: "feedback", page: "urdf", at: at(-6), feedback: null },
];

/** Deterministic shuffles (a linear congruential generator; Numerical Recipes' constants). */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const copy = [...items];
  let state = seed;
  for (let index = copy.length - 1; index > 0; index--) {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    const other = state % (index + 1);
    const [a, b] = [copy[index], copy[other]];
    if (a !== undefined && b !== undefined) [copy[index], copy[other]] = [b, a];
  }
  return copy;
}

describe("merging events", () => {
  it("keeps of each field what its newest event says", () => {
    expect(byPage(merge(EVENTS))).toEqual([
      expect.objectContaining({
        pageKey: "nodes",
        savedAt: Date.parse(at(-5)),
        dismissedAt: Date.parse(at(-9)),
        restoredAt: Date.parse(at(-8)),
        percent: 0,
        openedAt: null,
      }),
      {
        pageKey: "urdf",
        percent: 100,
        openedAt: Date.parse(at(-30)),
        completedAt: Date.parse(at(-30)),
        savedAt: Date.parse(at(-20)),
        unsavedAt: Date.parse(at(-10)),
        dismissedAt: null,
        restoredAt: null,
        feedback: null,
        feedbackAt: Date.parse(at(-6)),
        seenHash: "b",
        seenAt: Date.parse(at(-40)),
      },
    ]);
  });

  it("gives the same in a hundred orders, and when everything comes twice", () => {
    const expected = byPage(merge(EVENTS));
    for (let seed = 1; seed <= 100; seed++) {
      expect(byPage(merge(shuffled(EVENTS, seed)))).toEqual(expected);
      expect(byPage(merge(shuffled([...EVENTS, ...EVENTS], seed)))).toEqual(expected);
    }
  });

  it("does not let two events of one moment depend on their order", () => {
    const events: ProgressEvent[] = [
      { type: "feedback", page: "urdf", at: at(-1), feedback: "too-easy" },
      { type: "feedback", page: "urdf", at: at(-1), feedback: "too-hard" },
      { type: "read", page: "urdf", at: at(-1), percent: 1, hash: "x" },
      { type: "read", page: "urdf", at: at(-1), percent: 1, hash: "y" },
    ];
    expect(merge(events)).toEqual(merge([...events].reverse()));
  });

  it.each([
    ["an hour slow", -60],
    ["a day fast", 1440],
  ])("puts right a clock that is %s", (_, error) => {
    const events: ProgressEvent[] = [{ type: "save", page: "urdf", at: at(error - 5) }];
    expect(merge(events, at(error))[0]?.savedAt).toBe(Date.parse(at(-5)));
    // Delivered again ten minutes later.
    expect(merge(events, at(error + 10), NOW + 600_000)[0]?.savedAt).toBe(Date.parse(at(-5)));
  });

  it("is undone by saying what is known as events", () => {
    const known = merge(EVENTS);
    expect(byPage(merge(known.flatMap(eventsOf)))).toEqual(byPage(known));
    expect(progressInput.safeParse({ site: "course", sentAt: at(0), events: known.flatMap(eventsOf) }).success).toBe(
      true,
    );
  });

  it.each([
    ["a right clock", 0],
    ["a clock that is twenty seconds ahead", 1 / 3],
    ["a clock that is an hour slow", -60],
    ["a clock that is a day fast", 1440],
  ])("keeps an event's time however long a delivery takes, and however often it is repeated, with %s", (_, error) => {
    const events: ProgressEvent[] = [{ type: "save", page: "urdf", at: at(error - 5) }];
    const times = [0, 3, 29].flatMap((delay) =>
      [0, 7, 600].map((later) => {
        const sent = at(error + later);
        return merge(events, sent, NOW + later * 60_000 + delay * 1000)[0]?.savedAt;
      }),
    );
    expect(new Set(times).size).toBe(1);
  });

  it("takes an event from the future for one that happens a minute from now at the most", () => {
    expect(merge([{ type: "save", page: "urdf", at: at(10_000) }])[0]?.savedAt).toBe(NOW + 60_000);
  });
});

describe("the body", () => {
  const body = { site: "course", sentAt: at(0), events: EVENTS };
  it("is accepted as the widget sends it", () => {
    expect(progressInput.safeParse(body).success).toBe(true);
  });
  it.each<[string, unknown, (string | number)[]]>([
    ["no events", { ...body, events: [] }, ["events"]],
    ["201 events", { ...body, events: Array.from({ length: 201 }, () => EVENTS[0]) }, ["events"]],
    ["a time without an offset", { ...body, sentAt: "2026-03-01T12:00:00" }, ["sentAt"]],
    ["a kind nobody knows", { ...body, events: [{ type: "like", page: "urdf", at: at(0) }] }, ["events", 0, "type"]],
    ["a percentage over 100", { ...body, events: [{ ...EVENTS[0], percent: 101 }] }, ["events", 0, "percent"]],
    ["a verdict nobody knows", { ...body, events: [{ ...EVENTS[8], feedback: "bad" }] }, ["events", 0, "feedback"]],
  ])("is refused with %s, by its path", (_, input, path) => {
    const result = progressInput.safeParse(input);
    expect(result.error?.issues.map((issue) => issue.path)).toContainEqual(path);
  });
});
