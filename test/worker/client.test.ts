// Hono's client, typed by `src/client.ts`, against the real Worker: the whole journey of a reader. That a wrong use does
// not compile is part of it.
import { hc } from "hono/client";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { Answer, DocentApi, ProblemBody } from "../../src/client.ts";
import { Browser } from "../harness/browser.ts";
import { PAGES, push } from "../harness/catalogue.ts";
import { TestDatabase } from "../harness/database.ts";
import { BASE_URL, DOCS_SAME_SITE, Isolate } from "../harness/isolate.ts";

const database = await TestDatabase.create("client");
const isolate = await Isolate.create({ database });
expect((await push(isolate)).status).toBe(200);

/** The client in a docs page: the browser keeps the cookie and sends the origin. */
function clientOf(browser: Browser) {
  return hc<DocentApi>(BASE_URL, {
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
      const { pathname, search } = new URL(String(input));
      const { status, text, headers } = await browser.send(pathname + search, {
        method: init?.method ?? "GET",
        headers: Object.fromEntries(new Headers(init?.headers)),
        ...(init?.body && { body: init.body }),
      });
      return new Response(status === 204 || status === 304 ? null : text, { status, headers });
    },
  });
}

const client = clientOf(new Browser(isolate, DOCS_SAME_SITE));

describe("hono's client", () => {
  it("signs up, answers, reads and is recommended pages, all typed", async () => {
    const signedUp = await client.api.auth["sign-up"].email.$post({
      json: { email: "typed@example.test", password: "correct horse battery" },
    });
    expect(signedUp.status).toBe(200);

    const put = await client.api.background.$put({
      json: { experienceLevel: "beginner", hardwareSetup: { operatingSystem: "linux" } },
    });
    if (put.status !== 200) throw new Error(await put.text());
    const background = await put.json();
    expectTypeOf(background.hardwareSetup.operatingSystem).toEqualTypeOf<"linux" | "macos" | "windows" | undefined>();
    expect(background).toMatchObject({ experienceLevel: "beginner", hardwareSetup: { operatingSystem: "linux" } });

    const listed = await client.api.recommendations.$get({ query: { site: "course", limit: "2" } });
    if (listed.status !== 200) throw new Error(await listed.text());
    const { recommendations } = await listed.json();
    expectTypeOf(recommendations[0]?.reasons[0]?.text).toEqualTypeOf<string | undefined>();
    expect(recommendations.map(({ path }) => path)).toHaveLength(2);

    const merged = await client.api.progress.$post({
      json: {
        site: "course",
        sentAt: "2026-03-01T12:00:00Z",
        events: [{ type: "read", page: PAGES[0]?.pageKey ?? "", at: "2026-03-01T12:00:00Z", percent: 50 }],
      },
    });
    expect(await merged.json()).toMatchObject({ pages: 1 });

    const me = await client.api.me.$get();
    if (me.status !== 200) throw new Error(await me.text());
    const body = await me.json();
    expectTypeOf(body).toEqualTypeOf<Answer<"GET /api/me">>();
    expect(body.user.email).toBe("typed@example.test");

    const removed = await client.api.background.$delete();
    expect(removed.status).toBe(204);
  });

  it("tells what was refused, and why", async () => {
    const refused = await client.api.progress.$get({ query: { site: "nowhere" } });
    expect(refused.status).toBe(404);
    if (refused.status !== 404) throw new Error();
    const problem = await refused.json();
    expectTypeOf(problem).toEqualTypeOf<ProblemBody>();
    expect(problem.code).toBe("unknown-site");
    const nobody = await clientOf(new Browser(isolate)).api.me.$get();
    expect(nobody.status).toBe(401);
  });

  it("knows the statuses that carry a route's own answer", async () => {
    const ready = await client.readyz.$get();
    if (ready.status === 503) expectTypeOf(await ready.json()).toEqualTypeOf<Answer<"GET /readyz">>();
    expect(ready.status).toBe(200);
    const signedIn = clientOf(new Browser(isolate));
    await signedIn.api.auth["sign-up"].email.$post({
      json: { email: "etag@example.test", password: "correct horse battery" },
    });
    const me = await signedIn.api.me.$get();
    const again = await signedIn.api.me.$get({}, { headers: { "If-None-Match": me.headers.get("etag") ?? "" } });
    if (again.status !== 304) throw new Error(`${again.status}`);
    expect(await again.text()).toBe("");
  });

  it("does not compile where the API would refuse", () => {
    const never = () => {
      // @ts-expect-error -- no such level
      void client.api.background.$put({ json: { experienceLevel: "wizard" } });
      // @ts-expect-error -- the role is the server's
      void client.api.auth["sign-up"].email.$post({ json: { email: "a@b.test", password: "12345678", role: "admin" } });
      // @ts-expect-error -- without a site there is no progress
      void client.api.progress.$get({ query: {} });
      // @ts-expect-error -- a background is not posted
      void client.api.background.$post({ json: {} });
      // @ts-expect-error -- no such route
      void client.api.nowhere.$get();
    };
    expect(never).toBeTypeOf("function");
  });
});
