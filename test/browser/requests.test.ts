// What a page view of a signed-in reader costs: at most two requests of the API on the first page of a visit, at most
// one on every other, whatever the page shows, and one SQL statement each. Preflights are cached and not counted.
import { beforeEach, describe, expect, test } from "vitest";
import { environment, reader, useReader } from "./reader-test.ts";
import { installClock, readTo } from "./reading-clock.ts";

const PID = "/control-and-planning/pid-control.html";
const CAMERA = "/perception/camera-calibration.html";
const NAV2 = "/control-and-planning/nav2.html";

useReader("crossSite");
let count = 0;
beforeEach(async () => {
  await installClock(reader.page);
  await reader.visit();
  await reader.signUp({ email: `visitor-${count++}@example.test`, password: "a good password" });
  await reader.answer({ "Which operating system do you work on?": ["Linux"] });
  await reader.newVisit();
});

/** A page, as it is once nothing more is asked: those requests that its view has made, leaving the last page included. */
async function requestsOf(path: string): Promise<string[]> {
  reader.forget();
  await reader.visit(path);
  await reader.accountButton().waitFor();
  if (path !== "/ur/") await reader.recommendations();
  await reader.page.waitForLoadState("networkidle");
  return reader.apiRequests().sort();
}

describe("a visit of a signed-in reader", () => {
  test("asks who they are and what suits them, once, and then no more than sends what was read", async () => {
    expect(await requestsOf("/")).toEqual(["GET /api/me", "GET /api/recommendations"]);
    expect(await requestsOf(PID)).toEqual([]);
    await readTo(reader.page, 0.6);
    for (const path of [CAMERA, NAV2, PID, "/"]) {
      expect((await requestsOf(path)).length, path).toBeLessThanOrEqual(1);
      if (path !== "/") await readTo(reader.page, 0.4);
    }
    await reader.page.locator("docent-continue").getByRole("link").waitFor();
  });

  test("sends what waits from the last visit along with the first question", async () => {
    expect(await requestsOf(PID)).toEqual(["GET /api/me", "GET /api/recommendations"]);
    await readTo(reader.page, 0.5);
    await reader.newVisit();
    expect(await requestsOf(CAMERA)).toEqual(["GET /api/recommendations", "POST /api/progress"]);
    await reader.page.locator(`nav a[href="${PID}"] docent-mark`).waitFor({ state: "attached" });
  });

  test("asks for one list more where the language changes, and for nothing else there", async () => {
    await requestsOf("/");
    reader.forget();
    await reader.visit("/ur/");
    await reader.page.locator("docent-recommendation-list h3").first().waitFor();
    await reader.page.waitForLoadState("networkidle");
    expect(reader.apiRequests()).toEqual(["GET /api/recommendations"]);
    expect(await reader.page.locator("docent-recommendation-list h3 a").first().getAttribute("href")).toMatch(/\/ur\//);
  });

  test("begins anew after half an hour", async () => {
    await requestsOf("/");
    await reader.page.clock.fastForward("31:00");
    expect((await requestsOf(PID)).length).toBe(2);
  });

  test("costs one SQL statement for each request", async () => {
    await requestsOf("/");
    await reader.newVisit();
    const since = environment.database.requests.mark();
    await requestsOf("/");
    expect(environment.database.requests.list({ since }).length).toBeLessThanOrEqual(2);
  });

  test("makes the browser remember its preflights", async () => {
    const answer = await fetch(`${environment.worker}/api/progress`, {
      method: "OPTIONS",
      headers: { origin: environment.docs.crossSite, "access-control-request-method": "POST" },
    });
    expect(Number(answer.headers.get("access-control-max-age"))).toBeGreaterThanOrEqual(3600);
  });

  test("leaves nothing of it behind when they sign out", async () => {
    await requestsOf(PID);
    await readTo(reader.page, 0.3);
    await reader.signOut();
    expect(await reader.page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)])).toEqual(
      [],
    );
  });
});
