// Events on their way: nothing is lost, nothing is sent for somebody else, and no event can hold up the others.
import { beforeEach, describe, expect, test } from "vitest";
import type { ProgressEvent } from "../../../src/core/progress-events.ts";
import type { Outcome } from "../../../web/api/api.ts";
import { Outbox, type SendOptions } from "../../../web/reader/outbox.ts";
import { safeStorage } from "../../../web/storage/safe-storage.ts";
import { MemoryStorage } from "./memory-storage.ts";

const ADA = "ada";
const GRACE = "grace";
const AT = "2026-03-01T12:00:00.000Z";
const save = (page: string): ProgressEvent => ({ type: "save", page, at: AT });
const refused = (status: number): Outcome<string> => ({ ok: false, failure: { kind: "refused", status, code: "" } });
const UNREACHABLE: Outcome<string> = { ok: false, failure: { kind: "unreachable" } };
const OK: Outcome<string> = { ok: true, value: "merged" };

let storage: MemoryStorage;
let now: number;
let sent: { reader: string; pages: string[]; options: SendOptions }[];
let answer: (pages: string[]) => Outcome<string>;

const outbox = (locks?: Pick<LockManager, "request">) => {
  let ids = 0;
  return new Outbox<string>({
    storage: safeStorage(() => storage),
    prefix: "outbox:",
    send: async (reader, events, options) => {
      const pages = events.map((event) => event.page);
      sent.push({ reader, pages, options });
      return answer(pages);
    },
    now: () => now,
    random: () => 1,
    randomId: () => `${storage.length}-${ids++}`,
    locks,
  });
};

beforeEach(() => {
  storage = new MemoryStorage();
  now = 0;
  sent = [];
  answer = () => OK;
});

const pages = (of: Outbox<string>, reader = ADA) => of.pending(reader).map((event) => event.page);

describe("an outbox", () => {
  test("waits no longer than a quarter of an hour, whatever it was told and however the clock was set", async () => {
    const box = outbox();
    now = 86_400_000;
    answer = () => ({ ok: false, failure: { kind: "unreachable", retryAfterMs: 86_400_000 } });
    box.add(ADA, save("/a"));
    await box.flush(ADA);
    answer = () => OK;
    expect(await box.flush(ADA)).toEqual({ status: "waiting" });
    now += 900_000 - 1;
    expect(box.isPausing).toBe(true);
    now -= 43_200_000;
    expect(box.isPausing).toBe(false);
    expect(await box.flush(ADA)).toEqual({ status: "sent", value: "merged" });
  });

  test("stores an event before it sends it, and removes it once it was acknowledged", async () => {
    const box = outbox();
    box.add(ADA, save("/a"));
    expect(pages(outbox())).toEqual(["/a"]);
    expect(await box.flush(ADA)).toEqual({ status: "sent", value: "merged" });
    expect(sent).toEqual([{ reader: ADA, pages: ["/a"], options: {} }]);
    expect(storage.length).toBe(0);
    expect(await box.flush(ADA)).toEqual({ status: "nothing" });
  });

  test("keeps one reader's events from another's session, for as long as it takes", async () => {
    const box = outbox();
    box.add(ADA, save("/a"));
    box.add(GRACE, save("/g"));
    await box.flush(GRACE);
    expect(sent.map((one) => [one.reader, one.pages])).toEqual([[GRACE, ["/g"]]]);
    expect([pages(box), box.hasPending(GRACE)]).toEqual([["/a"], false]);
  });

  test.each([
    ["an outage", () => UNREACHABLE],
    ["a session that ended", () => refused(401)],
    ["too many requests", () => refused(429)],
    ["a site that is not configured any more", () => refused(404)],
  ])("keeps everything through %s", async (_, failing) => {
    const box = outbox();
    box.add(ADA, save("/a"));
    answer = failing;
    expect((await box.flush(ADA)).status).toBe("failed");
    expect(pages(box)).toEqual(["/a"]);
    answer = () => OK;
    expect(await box.flush(ADA, { urgent: true })).toMatchObject({ status: "sent" });
    expect(storage.length).toBe(0);
  });

  test("waits longer after each failure, in every tab, and not at all once it worked", async () => {
    const box = outbox();
    box.add(ADA, save("/a"));
    answer = () => UNREACHABLE;
    for (const wait of [2_000, 4_000, 8_000]) {
      expect((await box.flush(ADA)).status).toBe("failed");
      now += wait - 1;
      expect((await outbox().flush(ADA)).status).toBe("waiting");
      now += 1;
    }
    answer = () => ({ ok: false, failure: { kind: "unreachable", retryAfterMs: 60_000 } });
    await box.flush(ADA);
    now += 59_999;
    expect((await box.flush(ADA)).status).toBe("waiting");
    now += 1;
    answer = () => OK;
    expect((await box.flush(ADA)).status).toBe("sent");
    box.add(ADA, save("/b"));
    expect((await box.flush(ADA)).status).toBe("sent");
  });

  test.each([413, 422, 400])("drops the one event that is refused with %d, and sends the others", async (status) => {
    const box = outbox();
    for (const page of ["/a", "/b", "/bad", "/c", "/d"]) box.add(ADA, save(page));
    answer = (batch) => (batch.includes("/bad") ? refused(status) : OK);
    await box.flush(ADA);
    expect(storage.length).toBe(0);
    const accepted = sent.filter((one) => !one.pages.includes("/bad")).flatMap((one) => one.pages);
    expect(accepted.sort()).toEqual(["/a", "/b", "/c", "/d"]);
  });

  test("sends no more at once than the Worker takes and a page that is left can still send", async () => {
    const box = outbox();
    for (let at = 0; at < 450; at++) box.add(ADA, save(`/${"x".repeat(200)}${at}`));
    while ((await box.flush(ADA)).status === "sent");
    expect(sent.flatMap((one) => one.pages)).toHaveLength(450);
    expect(new Set(sent.flatMap((one) => one.pages)).size).toBe(450);
    for (const one of sent) {
      expect(one.pages.length).toBeLessThanOrEqual(200);
      expect(JSON.stringify(one.pages).length).toBeLessThan(64 * 1024);
    }
  });

  test("leaves the sending to the tab that does so already, except when the page is left", async () => {
    const busy: Pick<LockManager, "request"> = {
      request: async (_name: string, options: unknown, callback?: (lock: Lock | null) => unknown) =>
        (callback ?? (options as (lock: Lock | null) => unknown))(null),
    } as Pick<LockManager, "request">;
    const box = outbox(busy);
    box.add(ADA, save("/a"));
    expect((await box.flush(ADA)).status).toBe("busy");
    expect(sent).toEqual([]);
    expect((await box.flush(ADA, { keepalive: true })).status).toBe("sent");
    expect(sent).toMatchObject([{ options: { keepalive: true } }]);
  });

  test("never sends what is damaged, and removes it", async () => {
    const box = outbox();
    storage.setItem("outbox:ada:1", "{");
    storage.setItem("outbox:ada:2", JSON.stringify({ type: "like", page: "/a", at: AT }));
    storage.setItem("outbox:ada:3", JSON.stringify({ type: "read", page: "/a", at: AT }));
    box.add(ADA, save("/b"));
    await box.flush(ADA);
    expect(sent.map((one) => one.pages)).toEqual([["/b"]]);
    expect(storage.length).toBe(0);
  });
});
