// A month in the life of a deployment: readers with an account, as bench/month draws them, send what the widget sends,
// to the real Worker in several isolates at several locations, on the test's clock. Readers without an account are not
// here: their page views send nothing.
import { hashPassword } from "better-auth/crypto";
import { expect, vi } from "vitest";
import type { Figures } from "../../bench/month/figures.ts";
import { type Scenario, seeded, type Visit, visitsOf } from "../../bench/month/traffic.ts";
import { type Moment, requestsOf, type Sent } from "../../bench/month/widget.ts";
import type { CataloguePage } from "../../src/core/catalogue.ts";
import { CredentialSigner } from "../../src/session/credential.ts";
import { type Answer, Browser, type Send } from "./browser.ts";
import { push } from "./catalogue.ts";
import { TestDatabase } from "./database.ts";
import { Deployment, type KvWrite } from "./deployment.ts";
import type { Isolate } from "./isolate.ts";
import { AUTH_SECRET, BASE_URL, DOCS_SAME_SITE, SITE } from "./isolate.ts";
import { page } from "./page.ts";
import { SESSION_COOKIE } from "./sessions.ts";

/** A Sunday. */
export const BEGIN = Date.parse("2026-03-01T00:00:00Z");
const DAY = 86_400_000;
const PASSWORD = "correct horse battery";
/** On which days of the week the docs are built and their catalogue is pushed. */
const BUILDS = [1, 4];
/** What a list on the page asks for. */
const LIST_LIMIT = "6";
/** Milliseconds for which a browser remembers the answer to a preflight: `Access-Control-Max-Age`. */
const PREFLIGHT_MS = 7_200_000;

const signer = new CredentialSigner(AUTH_SECRET);

const pathOf = (number: number) => `/part-${number % 12}/page-${number}`;

const catalogue = (pages: number, build: number): CataloguePage[] =>
  Array.from({ length: pages }, (_, n) =>
    page(pathOf(n), {
      title: `Page ${n}: what it is and how to do it`,
      summary: "What you need, in which order, and where to look when it does not work as you thought it would.",
      categories: [`Part ${n % 12}`],
      tags: ["setup", `tag-${n % 40}`, `tag-${n % 7}`],
      level: (["beginner", "intermediate", "advanced", "expert"] as const)[n % 4] ?? null,
      operatingSystems: n % 3 === 0 ? ["linux"] : [],
      languages: n % 5 === 0 ? ["python"] : [],
      minutes: 5,
      position: n,
      contentHash: n === build % pages ? `build-${build}` : "1",
    }),
  );

const SIGNING_IN = "signing up and in";

interface Reader {
  id: string;
  email: string;
  browser: Browser;
  /** Events wait in the outbox. */
  pending: boolean;
  /** The preflights that the browser remembers, and until when. */
  preflights: Map<string, number>;
}

class Month {
  readonly #scenario: Scenario;
  readonly #deployment: Deployment;
  readonly #random: () => number;
  readonly #passwordHash: string;
  readonly #readers = new Map<number, Reader>();
  signIns = 0;

  constructor(scenario: Scenario, deployment: Deployment, random: () => number, passwordHash: string) {
    this.#scenario = scenario;
    this.#deployment = deployment;
    this.#random = random;
    this.#passwordHash = passwordHash;
  }

  isNew(visit: Visit): boolean {
    const { accounts, newAccounts } = this.#scenario;
    return visit.reader < accounts * newAccounts && !this.#readers.has(visit.reader);
  }

  /** Readers who had their account before the month began, signed in on any day of the last thirty. */
  async settleIn(isolate: Isolate): Promise<void> {
    const { accounts, newAccounts, pages } = this.#scenario;
    const rows = [];
    for (let number = Math.ceil(accounts * newAccounts); number < accounts; number += 1) {
      const reader = this.#reader(number, isolate);
      reader.id = crypto.randomUUID();
      const token = crypto.randomUUID().replaceAll("-", "");
      reader.browser.cookies.set(SESSION_COOKIE, encodeURIComponent(await signer.sign(token)));
      const at = BEGIN - Math.floor(this.#random() * 30 * DAY);
      rows.push({ id: reader.id, email: reader.email, token, at: new Date(at).toISOString(), page: number % pages });
    }
    await this.#deployment.database.query(
      `with reader as (select * from jsonb_to_recordset($1::jsonb)
        as r(id uuid, email text, token text, at timestamptz, page int)
      ), known as (
        insert into "user" (id, email, email_verified, created_at, updated_at) select id, email, true, at, at from reader
      ), credential as (
        insert into account (id, user_id, provider_id, account_id, password, created_at, updated_at)
        select gen_random_uuid(), id, 'credential', id::text, $2::text, at, at from reader
      ), signed_in as (
        insert into session (id, token, user_id, expires_at, last_accessed_at, authenticated_at, login_id, created_at, updated_at)
        select gen_random_uuid(), token, id, at + interval '30 days', at, at, gen_random_uuid(), at, at from reader
      ), said as (
        insert into background_information (id, user_id, programming_languages, experience_level, created_at, updated_at)
        select gen_random_uuid(), id, '["python"]', 'intermediate', at, at from reader
      )
      insert into reading_progress (user_id, site, page_key, percent, opened_at, completed_at, seen_hash, created_at, updated_at)
      select id, $3, '/part-' || n % 12 || '/page-' || n, 100, at, at, '1', at, at
      from reader, generate_series(page, least(page + 19, $4::int - 1)) n`,
      [JSON.stringify(rows), this.#passwordHash, SITE, pages],
    );
  }

  #reader(number: number, isolate: Isolate): Reader {
    const known = this.#readers.get(number);
    if (known) return known;
    const browser = new Browser(isolate, DOCS_SAME_SITE);
    const reader = { id: "", email: `reader-${number}@example.test`, browser, pending: false, preflights: new Map() };
    this.#readers.set(number, reader);
    return reader;
  }

  async run(visit: Visit, moment: Moment): Promise<void> {
    vi.setSystemTime(Math.max(Date.now(), BEGIN + moment.at));
    await this.#send(visit, moment.sent);
    await this.#deployment.settle();
  }

  /** One request, with the preflight that the browser sends before it where it must. */
  async #ask(visit: Visit, purpose: string, path: string, options: Send = {}): Promise<Answer> {
    const { browser, preflights } = this.#reader(visit.reader, await this.#deployment.at(visit.location));
    this.#deployment.doing = purpose;
    const preflight = `${options.method} ${path}`;
    if (options.json !== undefined && (preflights.get(preflight) ?? 0) <= Date.now()) {
      preflights.set(preflight, Date.now() + PREFLIGHT_MS);
      const isolate = await this.#deployment.at(visit.location);
      this.#deployment.countRequest("preflights");
      const asked = {
        Origin: DOCS_SAME_SITE,
        "Access-Control-Request-Method": options.method ?? "",
        "Access-Control-Request-Headers": "content-type",
      };
      const { status } = await isolate.worker.fetch(
        new Request(new URL(path, BASE_URL), { method: "OPTIONS", headers: asked }),
      );
      expect(status).toBe(204);
    }
    browser.isolate = await this.#deployment.at(visit.location);
    this.#deployment.countRequest();
    return browser.send(path, options);
  }

  /** The same of a signed-in reader. Their thirty days are over, or they have signed out: then they sign in again. */
  async #read(visit: Visit, purpose: string, path: string, options: Send = {}): Promise<Answer> {
    let answer = await this.#ask(visit, purpose, path, options);
    if (answer.status === 401) {
      await this.#enter(visit, "sign-in");
      answer = await this.#ask(visit, SIGNING_IN, path, options);
    }
    expect(answer.status, answer.text).toBeLessThan(300);
    return answer;
  }

  async #enter(visit: Visit, how: "sign-up" | "sign-in"): Promise<void> {
    const reader = this.#reader(visit.reader, await this.#deployment.at(visit.location));
    const json = { email: reader.email, password: PASSWORD, ...(how === "sign-up" && { name: "" }) };
    this.signIns += 1;
    const entered = await this.#ask(visit, SIGNING_IN, `/api/auth/${how}/email`, { method: "POST", json });
    expect(entered.status, entered.text).toBe(200);
    const me = await this.#read(visit, SIGNING_IN, `/api/me?site=${SITE}`);
    reader.id = (me.body as { user: { id: string } }).user.id;
  }

  #progress(visit: Visit, purpose: string, pages: readonly number[], withMe = false): Promise<Answer> {
    const at = new Date().toISOString();
    const id = this.#readers.get(visit.reader)?.id ?? "";
    const events = pages.flatMap((number) => [
      { type: "read", page: pathOf(number), at, percent: 100 },
      { type: "complete", page: pathOf(number), at },
    ]);
    const query = new URLSearchParams({ reader: id, ...(withMe && { with: "me" }) });
    return this.#read(visit, purpose, `/api/progress?${query}`, {
      method: "POST",
      json: { site: SITE, sentAt: at, events },
    });
  }

  async #send(visit: Visit, sent: Sent): Promise<void> {
    const list = (page: number) =>
      `/api/recommendations?${new URLSearchParams({ site: SITE, limit: LIST_LIMIT, current: pathOf(page), lang: "en" })}`;
    const first = "the first page of a visit";
    const next = "the next pages";
    switch (sent.what) {
      case "first": {
        const [{ status }] = await Promise.all([
          this.#ask(visit, first, list(sent.page)),
          sent.withEvents
            ? this.#progress(visit, first, [visit.reader % this.#scenario.pages], true)
            : this.#read(visit, first, `/api/me?site=${SITE}`),
        ]);
        // Who had to sign in first asks for the list anew.
        if (status === 401) await this.#read(visit, SIGNING_IN, list(sent.page));
        else expect(status).toBe(200);
        return;
      }
      case "list":
        await this.#read(visit, next, list(sent.page));
        return;
      case "events":
        await this.#progress(visit, next, sent.pages);
        return;
      case "pressed":
        await this.#progress(visit, "what readers press", [sent.page]);
        return;
      case "menu":
        await this.#read(visit, "the account menu", "/api/auth/get-session");
        return;
      case "answers": {
        const json = { programmingLanguages: ["python"], experienceLevel: "beginner", questionnaireVersion: "1" };
        await this.#read(visit, "answers", "/api/background", { method: "PUT", json });
        await this.#read(visit, "answers", list(sent.page));
        return;
      }
      case "sign-up":
        await this.#enter(visit, "sign-up");
        await this.#read(visit, SIGNING_IN, list(sent.page));
        return;
      case "sign-out":
        await this.#read(visit, "signing out", "/api/auth/sign-out", { method: "POST", json: {} });
        return;
    }
  }
}

/** Runs the scenario from its first day to its last. Leaves the test's clock at the end of the month. */
export async function simulate(scenario: Scenario, seed: number): Promise<{ figures: Figures; writes: KvWrite[] }> {
  const random = seeded(seed + 1);
  const database = await TestDatabase.create("month");
  vi.setSystemTime(BEGIN - 31 * DAY);
  const deployment = new Deployment(database, BEGIN, random);
  const isolate = await deployment.at("build");
  expect((await push(isolate, { pages: catalogue(scenario.pages, 0) })).status).toBe(200);
  await deployment.settle();
  const month = new Month(scenario, deployment, random, await hashPassword(PASSWORD));
  await month.settleIn(isolate);
  deployment.forget();

  const visits = visitsOf(scenario, seed);
  const pending = new Map<number, boolean>();
  const jobs: { at: number; run: () => Promise<void> }[] = [];
  const seen = new Set<number>();
  for (const visit of visits) {
    const isNew = visit.reader < scenario.accounts * scenario.newAccounts && !seen.has(visit.reader);
    seen.add(visit.reader);
    const options = { isNew, pending: pending.get(visit.reader) ?? false, scenario, random };
    const planned = requestsOf(visit, options);
    pending.set(visit.reader, planned.pending);
    for (const moment of planned.moments) jobs.push({ at: moment.at, run: () => month.run(visit, moment) });
  }
  for (let day = 0; day < scenario.days; day += 1) {
    const daily = async (at: number, purpose: string, run: (at: Isolate) => Promise<unknown>) => {
      vi.setSystemTime(Math.max(Date.now(), BEGIN + at));
      const there = await deployment.at("build");
      deployment.doing = purpose;
      deployment.countRequest();
      await run(there);
      await deployment.settle();
    };
    // wrangler.toml says when.
    const chores = day * DAY + (3 * 60 + 17) * 60_000;
    jobs.push({ at: chores, run: () => daily(chores, "the daily chores", ({ worker }) => worker.scheduled()) });
    if (!BUILDS.includes(day % 7)) continue;
    const build = day * DAY + 10 * 3_600_000;
    const pages = catalogue(scenario.pages, day);
    jobs.push({
      at: build,
      run: () =>
        daily(build, "pushing the catalogue", async (there) => expect((await push(there, { pages })).status).toBe(200)),
    });
  }
  for (const job of jobs.sort((a, b) => a.at - b.at)) await job.run();
  const pageViews = visits.reduce((sum, { times }) => sum + times.length - 1, 0);
  const { uses, days, sqlTimes, writes } = deployment;
  return {
    figures: {
      uses: Object.fromEntries(uses),
      days,
      sqlTimes,
      visits: visits.length,
      pageViews,
      signIns: month.signIns,
    },
    writes,
  };
}
