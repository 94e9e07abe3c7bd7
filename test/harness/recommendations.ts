// Readers of stored recommendations: what they do, what they see, and whether that was stored or ranked.
import { expect, vi } from "vitest";
import { personalization } from "../../src/core/personalization.ts";
import type { ProgressEvent } from "../../src/core/progress-events.ts";
import { type Recommendation, recommendationsResponse } from "../../src/core/recommendation.ts";
import { Browser } from "./browser.ts";
import { page } from "./catalogue.ts";
import type { TestDatabase } from "./database.ts";
import type { Isolate } from "./isolate.ts";

const TOPICS = ["Perception", "Control", "Simulation", "Learning", "Deployment"];
export const LEVELS = ["beginner", "intermediate", "advanced"] as const;
/** More pages than a list holds, some of which build on others. */
export const COURSE = Array.from({ length: 30 }, (_, at) =>
  page(`/${at}`, {
    title: `Page ${at}`,
    categories: [TOPICS[at % TOPICS.length] ?? ""],
    level: LEVELS[at % LEVELS.length] ?? null,
    languages: at % 4 === 0 ? ["python"] : ["c++"],
    prerequisites: at > 20 ? [`/${at - 15}`] : [],
    position: at,
  }),
);

/** Goes on to a later moment, so that what is newer can be told. */
export function later(): string {
  vi.setSystemTime(Date.now() + 1000);
  return new Date().toISOString();
}

/** A new reader, whose session the isolate has in its memory. */
export async function newReader(at: Isolate): Promise<Browser> {
  const browser = new Browser(at);
  expect((await browser.signUp()).status).toBe(200);
  expect((await browser.send("/api/session")).status).toBe(200);
  await at.settle();
  return browser;
}

export async function read(browser: Browser, query = ""): Promise<Recommendation[]> {
  const answer = await browser.send(`/api/recommendations?site=course${query}`);
  expect(answer.status, answer.text).toBe(200);
  return recommendationsResponse.parse(answer.body).recommendations;
}
/** Reads, and waits for what is done after the response. */
export async function list(browser: Browser, query = "&limit=20"): Promise<Recommendation[]> {
  const recommendations = await read(browser, query);
  await browser.isolate.settle();
  return recommendations;
}
export async function refresh(browser: Browser, json: object = { site: "course" }): Promise<Recommendation[]> {
  const answer = await browser.post("/api/personalization/refresh", json);
  expect(answer.status, answer.text).toBe(200);
  return recommendationsResponse.parse(answer.body).recommendations;
}
export const keys = (recommendations: readonly Recommendation[]) => recommendations.map(({ pageKey }) => pageKey);
export const profile = async (browser: Browser) =>
  personalization.parse((await browser.send("/api/personalization")).body);
export const userId = async (browser: Browser) =>
  ((await browser.send("/api/session")).body as { reader: { id: string } }).reader.id;

type Undated<Event> = Event extends ProgressEvent ? Omit<Event, "at"> : never;
export async function events(browser: Browser, ...given: Undated<ProgressEvent>[]): Promise<void> {
  const at = new Date().toISOString();
  const body = { site: "course", sentAt: at, events: given.map((event) => ({ ...event, at })) };
  expect((await browser.post("/api/progress", body)).status).toBe(200);
}
export async function put(browser: Browser, path: string, json: object): Promise<void> {
  const answer = await browser.put(path, json);
  expect(answer.status, answer.text).toBe(200);
}

/** As if no list had been stored. */
export const forgetList = async (database: TestDatabase, browser: Browser) =>
  database.query("update personalization_profile set basis = '{}' where user_id = $1", [await userId(browser)]);

/** Marks the stored list, so that it can be told from one that was ranked. */
export const mark = async (database: TestDatabase, browser: Browser) =>
  database.query(
    `update personalization_profile set recommended_content =
       (select jsonb_agg(one || '{"reasons": [{"part": "level", "values": [], "text": "stored"}]}') from jsonb_array_elements(recommended_content) one)
     where user_id = $1`,
    [await userId(browser)],
  );
export const isMarked = (recommendations: readonly Recommendation[]) =>
  recommendations.length > 0 && recommendations.every(({ reasons }) => reasons[0]?.text === "stored");
