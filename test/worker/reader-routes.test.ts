// What a reader stores about themselves beside the background's answers: profile, preferences, progress; and the two
// routes that read it all. Each read is one statement, each write one.
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod/mini";
import { EMPTY_PROFILE } from "../../src/core/profile.ts";
import type { ProgressEvent } from "../../src/core/progress-events.ts";
import { Browser } from "../harness/browser.ts";
import { page, push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, Isolate } from "../harness/isolate.ts";
import { START } from "../setup.ts";

const database = await TestDatabase.create("reader");
const isolate = await Isolate.create({ database });
const AT = START.toISOString();

beforeAll(async () => expect((await push(isolate)).status).toBe(200));

async function newReader(): Promise<Browser> {
  const browser = new Browser(isolate);
  expect((await browser.signUp()).status).toBe(200);
  expect((await browser.send("/api/session")).status).toBe(200);
  await isolate.settle();
  return browser;
}

/** What `/api/me?site=course` says of a page that was completed. */
const START_READ = expect.objectContaining({
  pageKey: "/start",
  percent: 100,
  places: [{ path: "/start", lang: "en", title: "Where to start" }],
}) as object;

const patch = (browser: Browser, path: string, json: unknown) => browser.send(path, { method: "PATCH", json });

/** Round trips, but for the look-up of the session, which is counted elsewhere. */
async function costOf(run: () => Promise<unknown>): Promise<number> {
  await isolate.settle();
  const { mark } = await database.requests();
  await run();
  const { requests } = await database.requests(mark);
  return requests.filter(({ statements }) => !/^select .* from "session"/.test(statements[0]?.text ?? "")).length;
}

describe("PATCH /api/background", () => {
  it("changes what it names, takes back what is null, and leaves the rest", async () => {
    const reader = await newReader();
    await reader.put("/api/background", {
      experienceLevel: "beginner",
      softwareTools: ["git"],
      hardwareSetup: { operatingSystem: "linux", gpu: "none" },
      answers: { goal: "walk", years: 3 },
    });
    vi.setSystemTime(START.getTime() + 1000);
    const answer = await patch(reader, "/api/background", {
      experienceLevel: "expert",
      hardwareSetup: { gpu: null, memoryGb: 8 },
      answers: { goal: null, pet: "spot" },
    });
    const later = "2026-03-01T12:00:01.000Z";
    expect(answer.body).toEqual({
      experienceLevel: "expert",
      primaryDomain: null,
      programmingLanguages: [],
      softwareTools: ["git"],
      hardwareSetup: { operatingSystem: "linux", memoryGb: 8 },
      technicalPreferences: {},
      answers: { years: 3, pet: "spot" },
      answeredAt: {
        experienceLevel: later,
        softwareTools: AT,
        "hardwareSetup.operatingSystem": AT,
        "hardwareSetup.memoryGb": later,
        "answers.years": AT,
        "answers.pet": later,
      },
      questionnaireVersion: null,
      updatedAt: later,
    });
    expect((await reader.send("/api/background")).body).toEqual(answer.body);
    expect((await reader.send("/api/session")).body).toMatchObject({
      reader: { skillLevel: "expert", operatingSystem: "linux" },
    });
  });

  it("makes a background where there was none, in one round trip", async () => {
    const reader = await newReader();
    expect(await costOf(() => patch(reader, "/api/background", { answers: { goal: "walk", none: null } }))).toBe(1);
    expect((await reader.send("/api/background")).body).toMatchObject({
      answers: { goal: "walk" },
      answeredAt: { "answers.goal": AT },
    });
  });

  it("loses nothing of twenty that come at once", async () => {
    const reader = await newReader();
    const names = Array.from({ length: 20 }, (_, at) => `question${at}`);
    const answers = await Promise.all(
      names.map((name) => patch(reader, "/api/background", { answers: { [name]: name } })),
    );
    expect(answers.map((answer) => answer.status)).toEqual(names.map(() => 200));
    expect((await reader.send("/api/background")).body).toMatchObject({
      answers: Object.fromEntries(names.map((name) => [name, name])),
    });
  });

  it.each([
    ["nothing", {}, ""],
    ["an unknown field", { role: "admin" }, "role"],
    ["an unknown part", { hardwareSetup: { wheels: 4 } }, "hardwareSetup.wheels"],
    ["a list of the wrong kind", { softwareTools: "git" }, "softwareTools"],
  ])("refuses %s by its path", async (_, json, path) => {
    const answer = await patch(await newReader(), "/api/background", json);
    expect([answer.status, answer.body], answer.text).toMatchObject([
      422,
      { errors: expect.arrayContaining([expect.objectContaining({ path })]) as unknown },
    ]);
  });
});

describe("DELETE /api/background", () => {
  it("removes every answer and the copies of them, and may be sent twice", async () => {
    const reader = await newReader();
    await reader.put("/api/background", { experienceLevel: "expert", hardwareSetup: { operatingSystem: "macos" } });
    for (const _ of [1, 2]) {
      expect(
        await costOf(async () => expect((await reader.send("/api/background", { method: "DELETE" })).status).toBe(204)),
      ).toBe(1);
    }
    expect((await reader.send("/api/me")).body).toMatchObject({
      user: { skillLevel: null, operatingSystem: null },
      background: { experienceLevel: null, updatedAt: null },
    });
  });
});

describe("the profile", () => {
  it("is empty at first, and changes by what is named", async () => {
    const reader = await newReader();
    expect((await reader.send("/api/profile")).body).toEqual(EMPTY_PROFILE);
    const full = {
      displayName: "Ada",
      bio: "Robots.\nSlowly.",
      website: "https://ada.example/a?b#c",
      githubUsername: "ada-l",
      theme: "dark",
    };
    expect(await costOf(async () => expect((await patch(reader, "/api/profile", full)).status).toBe(200))).toBe(1);
    const changed = await patch(reader, "/api/profile", { bio: null, notificationsEnabled: true });
    expect(changed.body).toEqual({ ...EMPTY_PROFILE, ...full, bio: null, notificationsEnabled: true, updatedAt: AT });
    expect(await costOf(async () => expect((await reader.send("/api/profile")).body).toEqual(changed.body))).toBe(1);
  });

  it.each([
    ["a script", { website: "javascript:alert(1)" }, "website"],
    ["plain http", { avatarUrl: "http://ada.example/a.png" }, "avatarUrl"],
    ["a host behind a user name", { website: "https://docs.example@evil.example/" }, "website"],
    ["what ends an attribute", { coverUrl: 'https://ada.example/"onload="x' }, "coverUrl"],
    ["a line break in a name", { displayName: "a\r\nb" }, "displayName"],
    ["a bio of 501 characters", { bio: "x".repeat(501) }, "bio"],
    ["a handle with an @", { twitterHandle: "@ada" }, "twitterHandle"],
    ["a user name that ends in a hyphen", { githubUsername: "ada-" }, "githubUsername"],
    ["an unknown theme", { theme: "sepia" }, "theme"],
    ["another reader's id", { userId: "00000000-0000-4000-8000-000000000000" }, "userId"],
    ["nothing", {}, ""],
  ])("refuses %s by its path", async (_, json, path) => {
    const answer = await patch(await newReader(), "/api/profile", json);
    expect([answer.status, answer.body], answer.text).toMatchObject([
      422,
      { errors: expect.arrayContaining([expect.objectContaining({ path })]) as unknown },
    ]);
  });
});

describe("preferences", () => {
  it("are replaced as a whole, and read with the personalization profile", async () => {
    const reader = await newReader();
    const empty = { preferredCategories: [], recommendedContent: [], basis: {}, lastPersonalizationUpdate: null };
    expect(await costOf(async () => expect((await reader.send("/api/personalization")).body).toEqual(empty))).toBe(1);
    const preferences = { preferredCategories: ["Control"] };
    expect(
      await costOf(async () =>
        expect((await reader.put("/api/personalization/preferences", preferences)).body).toEqual(preferences),
      ),
    ).toBe(1);
    expect((await reader.send("/api/personalization")).body).toEqual({ ...empty, ...preferences });
    expect((await reader.put("/api/personalization/preferences", {})).status).toBe(422);
  });
});

describe("progress", () => {
  const minutes = (at: number) => new Date(START.getTime() + at * 60_000).toISOString();
  const EVENTS: ProgressEvent[] = [
    { type: "read", page: "/start", at: minutes(-9), percent: 30, hash: "1" },
    { type: "complete", page: "/start", at: minutes(-5), hash: "2" },
    { type: "save", page: "/linux", at: minutes(-4) },
    { type: "unsave", page: "/linux", at: minutes(-3) },
    { type: "dismiss", page: "/cpp", at: minutes(-2) },
    { type: "feedback", page: "/cpp", at: minutes(-2), feedback: "too-hard" },
    { type: "feedback", page: "/cpp", at: minutes(-1), feedback: "not-for-me" },
  ];
  const send = (reader: Browser, events: ProgressEvent[]) =>
    reader.post("/api/progress", { site: "course", sentAt: AT, events });
  const progressOf = async (reader: Browser) => {
    const { body } = await reader.send("/api/progress?site=course");
    return [...(body as { progress: { pageKey: string }[] }).progress].sort((a, b) => (a.pageKey < b.pageKey ? -1 : 1));
  };

  it("is merged in one statement, and read in one", async () => {
    const reader = await newReader();
    expect(
      await costOf(async () => expect((await send(reader, EVENTS)).body).toEqual({ pages: 3, unknownPages: [] })),
    ).toBe(1);
    expect(await costOf(() => progressOf(reader))).toBe(1);
    expect(await progressOf(reader)).toMatchObject([
      { pageKey: "/cpp", dismissed: true, feedback: "not-for-me", saved: false },
      { pageKey: "/linux", saved: false, savedAt: minutes(-4), unsavedAt: minutes(-3) },
      { pageKey: "/start", percent: 100, openedAt: minutes(-5), completedAt: minutes(-5), seenHash: "2" },
    ]);
  });

  it("is the same in any order, split in any way, and delivered twice at once", async () => {
    const [ordered, scattered] = [await newReader(), await newReader()];
    await send(ordered, EVENTS);
    const backwards = [...EVENTS].reverse();
    for (const event of backwards) expect((await send(scattered, [event])).status).toBe(200);
    const again = await Promise.all([send(scattered, EVENTS), send(scattered, backwards), send(scattered, EVENTS)]);
    expect(again.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(await progressOf(scattered)).toEqual(await progressOf(ordered));
  });

  it("counts a late delivery of an old event for nothing, whenever the others came", async () => {
    const reader = await newReader();
    const site = "course";
    const saved: ProgressEvent[] = [{ type: "save", page: "/start", at: minutes(-2) }];
    const unsaved: ProgressEvent[] = [{ type: "unsave", page: "/start", at: minutes(-1) }];
    await reader.post("/api/progress", { site, sentAt: AT, events: saved });
    await reader.post("/api/progress", { site, sentAt: AT, events: unsaved });
    const before = await progressOf(reader);
    vi.setSystemTime(START.getTime() + 90_000);
    // Sent anew, and thirty seconds under way.
    await reader.post("/api/progress", { site, sentAt: minutes(1), events: saved });
    expect(await progressOf(reader)).toEqual(before);
    expect(before).toMatchObject([{ saved: false }]);
  });

  it.each(["", "?with=me"])(
    "is refused to a reader who was deleted, also where there was nothing to merge: %j",
    async (query) => {
      const reader = await newReader();
      const { user } = z.parse(z.object({ user: z.object({ id: z.string() }) }), (await reader.send("/api/me")).body);
      await database.query(`delete from "user" where id = $1`, [user.id]);
      const events: ProgressEvent[] = [{ type: "save", page: "/nowhere", at: AT }];
      const answer = await reader.post(`/api/progress${query}`, { site: "course", sentAt: AT, events });
      expect([answer.status, answer.body], answer.text).toMatchObject([401, { code: "unauthenticated" }]);
    },
  );

  it("leaves out pages that the site does not have, and keeps what is known of one that is gone", async () => {
    const reader = await newReader();
    const at = minutes(-1);
    const answer = await send(reader, [
      { type: "save", page: "/start", at },
      { type: "save", page: "/nowhere", at },
    ]);
    expect(answer.body).toEqual({ pages: 1, unknownPages: ["/nowhere"] });
    expect(await progressOf(reader)).toHaveLength(1);
  });

  it("is the same whether an event names its page by key or by path, and remembers what was seen there", async () => {
    const site = "course";
    const start = { ...page("/start", { pageKey: "start", contentHash: "7" }), position: 0 };
    const translated = { ...page("/ur/start", { pageKey: "start", lang: "ur", contentHash: "8" }), position: 1 };
    expect((await push(isolate, { pages: [start, translated] })).status).toBe(200);
    try {
      const reader = await newReader();
      vi.setSystemTime(START.getTime() + 60_000);
      const said: ProgressEvent[] = [
        { type: "read", page: "/start", at: minutes(0.2), percent: 40 },
        { type: "read", page: "/ur/start", at: minutes(0.5), percent: 60 },
        { type: "feedback", page: "start", at: minutes(0.3), feedback: "too-easy" },
        { type: "feedback", page: "/start", at: minutes(0.4), feedback: "too-hard" },
        { type: "save", page: "/elsewhere", at: minutes(0.4) },
      ];
      const json = { site, sentAt: minutes(1), events: said };
      expect((await reader.post("/api/progress", json)).body).toEqual({ pages: 1, unknownPages: ["/elsewhere"] });
      expect(await progressOf(reader)).toMatchObject([
        { pageKey: "start", percent: 60, openedAt: minutes(0.5), feedback: "too-hard", seenHash: "8" },
      ]);
      // Read before this content was published: nobody knows what it said then.
      const earlier: ProgressEvent[] = [{ type: "read", page: "/start", at: minutes(-9), percent: 1 }];
      const late = await newReader();
      await late.post("/api/progress", { site, sentAt: minutes(1), events: earlier });
      expect(await progressOf(late)).toMatchObject([{ pageKey: "start", seenHash: null }]);
    } finally {
      await push(isolate);
    }
  });

  it("takes a name that is one page's key and another's path for the key", async () => {
    const keyed = page("/guide", { pageKey: "/start", contentHash: "7" });
    const atPath = page("/start", { pageKey: "elsewhere", contentHash: "8", position: 1 });
    expect((await push(isolate, { pages: [keyed, atPath] })).status).toBe(200);
    try {
      const reader = await newReader();
      vi.setSystemTime(START.getTime() + 60_000);
      const events: ProgressEvent[] = [{ type: "complete", page: "/start", at: minutes(0.5) }];
      await reader.post("/api/progress", { site: "course", sentAt: minutes(1), events });
      expect(await progressOf(reader)).toMatchObject([{ pageKey: "/start", percent: 100, seenHash: null }]);
    } finally {
      await push(isolate);
    }
  });

  it("remembers what was seen of a page whose key is its path", async () => {
    const reader = await newReader();
    vi.setSystemTime(START.getTime() + 120_000);
    const events: ProgressEvent[] = [{ type: "complete", page: "/start", at: minutes(1.5) }];
    await reader.post("/api/progress", { site: "course", sentAt: minutes(2), events });
    expect(await progressOf(reader)).toMatchObject([{ pageKey: "/start", seenHash: page("/start").contentHash }]);
  });

  it("is answered with everything about the reader where that is asked for, in one round trip", async () => {
    const reader = await newReader();
    const body = { site: "course", sentAt: AT, events: EVENTS };
    expect(
      await costOf(async () =>
        expect((await reader.post("/api/progress?with=me", body)).body).toMatchObject({
          pages: 3,
          unknownPages: [],
          me: { background: { updatedAt: null }, reading: expect.arrayContaining([START_READ]) as unknown },
        }),
      ),
    ).toBe(1);
    expect((await reader.post("/api/progress?with=you", body)).status).toBe(422);
  });

  it("is never merged for another reader than whose it is", async () => {
    const [reader, other] = [await newReader(), await newReader()];
    const { user } = z.parse(z.object({ user: z.object({ id: z.string() }) }), (await reader.send("/api/me")).body);
    const body = { site: "course", sentAt: AT, events: EVENTS };
    expect((await other.post(`/api/progress?reader=${user.id}`, body)).status).toBe(401);
    expect(await progressOf(other)).toEqual([]);
    expect((await other.send("/api/session")).body).toMatchObject({ session: { id: expect.anything() as unknown } });
    expect((await reader.post(`/api/progress?reader=${user.id}`, body)).status).toBe(200);
    expect(await progressOf(reader)).toHaveLength(3);
  });

  it("is 404 for a site that is not configured, and empty for a reader who read nothing", async () => {
    const reader = await newReader();
    expect((await reader.send("/api/progress?site=other")).status).toBe(404);
    expect((await reader.post("/api/progress", { site: "other", sentAt: AT, events: EVENTS })).status).toBe(404);
    expect(await progressOf(reader)).toEqual([]);
  });

  it("changes what is recommended", async () => {
    const reader = await newReader();
    const keys = async () =>
      (
        (await reader.send("/api/recommendations?site=course&limit=20")).body as {
          recommendations: { pageKey: string }[];
        }
      ).recommendations.map((one) => one.pageKey);
    expect(await keys()).toContain("/cpp");
    await send(reader, [{ type: "dismiss", page: "/cpp", at: minutes(-2) }]);
    expect(await keys()).not.toContain("/cpp");
    await isolate.settle();
    await send(reader, [{ type: "restore", page: "/cpp", at: minutes(-1) }]);
    // At the next read but one.
    await keys();
    await isolate.settle();
    expect(await keys()).toContain("/cpp");
  });
});

describe("GET /api/me", () => {
  it("has everything of the reader in one statement, and a validator", async () => {
    const reader = await newReader();
    await reader.put("/api/background", { programmingLanguages: ["rust"] });
    await patch(reader, "/api/profile", { displayName: "Ada" });
    await reader.put("/api/personalization/preferences", { preferredCategories: ["Control"] });
    await reader.post("/api/progress", {
      site: "course",
      sentAt: AT,
      events: [
        { type: "complete", page: "/start", at: AT },
        { type: "save", page: "/cpp", at: AT },
      ],
    });
    await isolate.settle();
    vi.setSystemTime(START.getTime() + 1000);
    await reader.send("/api/session");
    const trips = await costOf(async () => {
      const answer = await reader.send("/api/me");
      expect(answer.body, answer.text).toMatchObject({
        user: { role: "user", name: "Reader" },
        background: { programmingLanguages: ["rust"], experienceLevel: null, updatedAt: AT },
        profile: { displayName: "Ada", bio: null, updatedAt: AT },
        preferences: { preferredCategories: ["Control"] },
        progress: { course: { opened: 1, completed: 1, saved: 1 } },
      });
      expect(answer.headers.get("cache-control")).toBe("private, no-cache");
      const etag = answer.headers.get("etag") ?? "";
      expect(etag).toMatch(/^"[^"]+"$/);
      const same = await reader.send("/api/me", { headers: { "If-None-Match": `W/${etag}` } });
      expect([same.status, same.text]).toEqual([304, ""]);
    });
    expect(trips).toBe(2);
  });

  it("names what was read of one site, with where it is, in one statement", async () => {
    const reader = await newReader();
    const events: ProgressEvent[] = [{ type: "complete", page: "/start", at: AT }];
    await reader.post("/api/progress", { site: "course", sentAt: AT, events });
    expect(
      await costOf(async () =>
        expect((await reader.send("/api/me?site=course")).body).toMatchObject({
          progress: { course: { completed: 1 } },
          reading: [START_READ],
        }),
      ),
    ).toBe(1);
    expect((await reader.send("/api/me")).body).not.toHaveProperty("reading");
    expect((await reader.send("/api/me?site=other")).status).toBe(404);
    expect((await reader.send("/api/me?site=")).status).toBe(422);
  });

  it("is empty of what a new reader has not said", async () => {
    expect((await (await newReader()).send("/api/me")).body).toMatchObject({
      background: { updatedAt: null },
      profile: EMPTY_PROFILE,
      preferences: { preferredCategories: [] },
      progress: {},
    });
  });
});

describe("GET /api/export", () => {
  it("has every part, described, and no hash, token or other reader", async () => {
    const [reader, other] = [await newReader(), await newReader()];
    for (const one of [reader, other]) {
      await one.put("/api/background", { experienceLevel: "expert" });
      await patch(one, "/api/profile", { displayName: one === reader ? "Ada" : "Eve" });
    }
    const answer = await reader.send("/api/export", { origin: BASE_URL });
    expect([answer.status, answer.headers.get("content-disposition")], answer.text).toEqual([
      200,
      'attachment; filename="docent-export.json"',
    ]);
    expect(answer.body).toMatchObject({
      format: "docent-export",
      user: { about: expect.stringMatching(/./) as string, data: { role: "user" } },
      signInMethods: { data: [{ provider: "credential" }] },
      sessions: { data: [{ userAgent: "Docent tests" }] },
      background: { data: { experienceLevel: "expert" } },
      profile: { data: { displayName: "Ada" } },
    });
    const parts = Object.entries(answer.body as object).filter(([, part]) => part instanceof Object);
    expect(parts.length).toBeGreaterThanOrEqual(9);
    for (const [name, part] of parts) {
      expect(Object.keys(part as object).sort(), name).toEqual(["about", "data"]);
      expect((part as { about: string }).about, name).toMatch(/\w{3}/);
    }
    const secrets = await database.query("select token as secret from session union all select password from account");
    expect(secrets.length).toBeGreaterThanOrEqual(4);
    for (const { secret } of secrets) expect(answer.text).not.toContain(String(secret));
    expect(answer.text).not.toContain("Eve");
  });

  it("asks for a proof of the last ten minutes", async () => {
    const reader = await newReader();
    const statusAfter = async (seconds: number) => {
      vi.setSystemTime(START.getTime() + seconds * 1000);
      return (await reader.send("/api/export", { origin: BASE_URL })).status;
    };
    expect([await statusAfter(599), await statusAfter(600)]).toEqual([200, 403]);
  });
});
