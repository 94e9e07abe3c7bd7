// What was read, as a page shows it, and how much of a page counts as read.
import { describe, expect, test } from "vitest";
import type { ReadPage } from "../../../web/api/wire.ts";
import { Reading } from "../../../web/reader/reading.ts";
import { ReadingMeter } from "../../../web/reading/reading-meter.ts";

const AT = "2026-03-01T12:00:00.000Z";
const LATER = "2026-03-01T13:00:00.000Z";
const row = (pageKey: string, given: Partial<ReadPage>): ReadPage => ({
  pageKey,
  percent: 0,
  openedAt: null,
  completedAt: null,
  savedAt: null,
  unsavedAt: null,
  dismissedAt: null,
  restoredAt: null,
  feedback: null,
  feedbackAt: null,
  places: [
    { path: `/${pageKey}.html`, lang: "en", title: pageKey },
    { path: `/ur/${pageKey}.html`, lang: "ur", title: `${pageKey} ur` },
  ],
  ...given,
});

describe("reading", () => {
  test("is found by any spelling of a page's address, and by its translation's", () => {
    const reading = new Reading([row("pid", { percent: 40, openedAt: AT })]);
    for (const path of ["/pid.html", "/pid", "/ur/pid.html", "/ur/pid/"])
      expect(reading.at(path)?.percent, path).toBe(40);
    expect(reading.at("/other")).toBeUndefined();
    reading.add([{ type: "complete", page: "/ur/pid.html", at: LATER }]);
    expect(reading.at("/pid")?.percent).toBe(100);
  });

  test("continues with the page begun last, other than this one, in the language of the page", () => {
    const reading = new Reading([
      row("old", { percent: 40, openedAt: AT }),
      row("new", { percent: 40, openedAt: LATER }),
      row("done", { percent: 100, openedAt: LATER, completedAt: LATER }),
      row("dismissed", { percent: 40, openedAt: LATER, dismissedAt: LATER }),
      row("gone", { percent: 40, openedAt: LATER, places: [] }),
      row("glanced", { percent: 0, openedAt: LATER }),
    ]);
    expect(reading.unfinished("/elsewhere", "en")?.path).toBe("/new.html");
    expect(reading.unfinished("/elsewhere", "ur")?.path).toBe("/ur/new.html");
    expect(reading.unfinished("/new", "en")?.path).toBe("/old.html");
    expect(new Reading().unfinished("/", "en")).toBeUndefined();
  });

  test("lists saved pages, the last one first, without those taken back", () => {
    const reading = new Reading([
      row("a", { savedAt: AT }),
      row("b", { savedAt: LATER }),
      row("c", { savedAt: AT, unsavedAt: LATER }),
    ]);
    const titles = () => reading.saved("en").map((page) => page.title);
    expect(titles()).toEqual(["b", "a"]);
    reading.add([{ type: "unsave", page: "/b.html", at: "2026-03-01T14:00:00.000Z" }]);
    reading.add([{ type: "save", page: "/d.html", at: "2026-03-01T14:00:00.000Z" }], { "/d.html": "d" });
    expect(titles()).toEqual(["d", "a"]);
  });

  test("says all of it again as events by path", () => {
    const reading = new Reading([row("a", { savedAt: AT, percent: 30, openedAt: AT }), row("gone", { places: [] })]);
    const { events, titles } = reading.asEvents();
    expect(titles).toEqual({ "/a.html": "a" });
    const again = new Reading().add(events, titles);
    expect(again.at("/a")).toMatchObject({ percent: 30, savedAt: Date.parse(AT), openedAt: Date.parse(AT) });
  });
});

describe("the meter", () => {
  /** Looks once a second, for so many seconds. */
  function look(meter: ReadingMeter, seconds: number, from: number, to: number, start = 0): number {
    for (let second = 0; second <= seconds; second++) meter.sample((start + second) * 1000, { from, to });
    return start + seconds;
  }
  /** 900 words: a minute at the pace of the fastest. */
  const page = (percent = 0) => {
    const meter = new ReadingMeter(900);
    meter.assume(percent);
    return meter;
  };

  test("counts only what was on screen, however long", () => {
    const meter = page();
    look(meter, 600, 0, 0.5);
    expect(meter.percent).toBe(50);
    expect(meter.hasRead({ from: 0, to: 0.4 })).toBe(true);
    expect(meter.hasRead({ from: 0.4, to: 0.7 })).toBe(false);
  });

  test("counts nothing that was only scrolled past", () => {
    const meter = page();
    for (let step = 0; step <= 4; step++) meter.sample(step * 1000, { from: step / 5, to: (step + 1) / 5 });
    expect(meter.percent).toBeLessThanOrEqual(10);
  });

  test("does not save up time spent at the beginning for skipping to the end", () => {
    const meter = page();
    const at = look(meter, 600, 0, 0.1);
    look(meter, 2, 0.5, 1, at + 1);
    expect(meter.percent).toBeLessThanOrEqual(25);
  });

  test("comes to the end for somebody who reads to the end", () => {
    const meter = page();
    let at = 0;
    for (let part = 0; part < 4; part++) at = look(meter, 20, part / 4, (part + 1) / 4, at + 1);
    expect(meter.percent).toBe(100);
  });

  test("goes on where the last visit ended", () => {
    const meter = page(60);
    expect(meter.percent).toBe(60);
    look(meter, 60, 0.6, 1);
    expect(meter.percent).toBe(100);
  });

  test("gives a page in the background, or a computer that slept, no time", () => {
    const meter = page();
    meter.sample(0, { from: 0, to: 1 });
    meter.sample(3_600_000, { from: 0, to: 1 });
    expect(meter.percent).toBeLessThanOrEqual(5);
    meter.pause();
    meter.sample(7_200_000, { from: 0, to: 1 });
    expect(meter.percent).toBeLessThanOrEqual(5);
  });

  test("counts nothing of a page whose content is not on screen", () => {
    const meter = page();
    look(meter, 60, 1.2, 1.8);
    expect(meter.percent).toBe(0);
  });
});
