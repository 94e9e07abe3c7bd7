// What a signed-in reader does reaches the Worker: through an outage, a closed tab, no network and an ended session;
// nothing is lost, nothing is counted for somebody else.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { type Browser, openBrowser } from "./chromium.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { type Credentials, ReaderPage } from "./reader-page.ts";
import { installClock, readTo } from "./reading-clock.ts";

const PID = "/control-and-planning/pid-control.html";
const CAMERA = "/perception/camera-calibration.html";

let environment: Environment;
let browser: Browser;
let reader: ReaderPage;
let credentials: Credentials;
let count = 0;

beforeAll(async () => {
  environment = await startEnvironment();
});
afterAll(() => environment?.stop());
beforeEach(async ({ onTestFailed }) => {
  onTestFailed(() => console.error(environment.workerLines().join("\n")));
  browser = await openBrowser();
  reader = await ReaderPage.open(browser.context, environment.docs.sameSite, environment.worker);
  await installClock(reader.page);
  credentials = { email: `sender-${count++}@example.test`, password: "a good password" };
  await reader.visit(PID);
  await reader.signUpOnly(credentials);
});
afterEach(async () => {
  environment.database.faults.clear();
  await browser.close();
});

const rows = z.object({
  progress: z.array(
    z.object({ pageKey: z.string(), percent: z.number(), saved: z.boolean(), feedback: z.string().nullable() }),
  ),
});

/** What the Worker has of the reader whose session this page has. */
async function arrived(page: ReaderPage = reader) {
  const answer: unknown = await page.page.evaluate(
    async (worker) => (await fetch(`${worker}/api/progress?site=course`, { credentials: "include" })).json(),
    environment.worker,
  );
  return rows.parse(answer).progress;
}

const waiting = () =>
  reader.page.evaluate(() =>
    Object.keys(localStorage).filter((key) => /:outbox:.*:/.test(key) && !key.endsWith(":wait")),
  );
const blockProgress = () =>
  reader.page
    .context()
    .route(`${environment.worker}/api/progress*`, (route) =>
      route.request().method() === "POST" ? route.abort("connectionrefused") : route.continue(),
    );
const unblock = () => reader.page.context().unrouteAll();

describe("what a signed-in reader does", () => {
  test("is saved at once when they press something", async () => {
    await reader.pageButton("Save this page").click();
    await reader.pageButton("Saved").waitFor();
    await reader.pageButton("Too hard").click();
    await expect.poll(arrived).toMatchObject([{ pageKey: "pid-control", saved: true, feedback: "too-hard" }]);
    await expect.poll(waiting).toEqual([]);
  });

  test("is sent when they leave the page, and when they close the tab", async () => {
    await readTo(reader.page, 0.5);
    await reader.visit(CAMERA);
    await readTo(reader.page, 0.6);
    const other = await ReaderPage.open(reader.page.context(), reader.docs, environment.worker);
    await other.visit();
    await reader.page.close({ runBeforeUnload: true });
    await expect
      .poll(async () => (await arrived(other)).map((row) => row.pageKey).sort())
      .toEqual(["camera-calibration", "pid-control"]);
    for (const row of await arrived(other)) expect(row.percent).toBeGreaterThanOrEqual(40);
  });

  test("survives an outage of the database and the closing of the tab, and arrives on the next visit", async () => {
    environment.database.faults.add({ effect: "status", status: 500, times: null });
    await reader.pageButton("Save this page").click();
    await reader.pageButton("Saved").waitFor();
    await readTo(reader.page, 0.5);
    expect((await waiting()).length).toBeGreaterThanOrEqual(2);
    const context = reader.page.context();
    await reader.page.close();
    environment.database.faults.clear();
    reader = await ReaderPage.open(context, environment.docs.sameSite, environment.worker);
    await installClock(reader.page);
    await reader.page.clock.fastForward("30:00");
    await reader.visit("/");
    await reader.page.getByRole("region", { name: "Saved pages" }).getByRole("link").waitFor();
    await expect.poll(waiting).toEqual([]);
    expect(await arrived()).toMatchObject([{ pageKey: "pid-control", saved: true }]);
  });

  test("while the Worker cannot say who they are is kept for them all the same", async () => {
    await reader.newVisit();
    await reader.page.context().route(`${environment.worker}/api/**`, (route) => route.abort("connectionrefused"));
    await reader.visit(CAMERA);
    await reader.accountButton().waitFor();
    await reader.pageButton("Save this page").click();
    await reader.pageButton("Saved").waitFor();
    await unblock();
    await reader.page.clock.fastForward("30:00");
    await reader.visit(PID);
    await expect.poll(arrived).toMatchObject([{ pageKey: "camera-calibration", saved: true }]);
  });

  test("is shown at once although it could not be sent, and stays shown on the next page", async () => {
    await blockProgress();
    await reader.pageButton("Not for me").click();
    await reader.page.locator("docent-page").getByText("not recommended any more").waitFor();
    await reader.visit(CAMERA);
    await reader.visit(PID);
    await reader.page.locator("docent-page").getByText("not recommended any more").waitFor();
    await unblock();
  });

  test("offline arrives when the network is back", async () => {
    await reader.page.context().setOffline(true);
    await reader.pageButton("Save this page").click();
    await reader.pageButton("Saved").waitFor();
    expect(await waiting()).toHaveLength(1);
    await reader.page.context().setOffline(false);
    await reader.page.clock.fastForward("30:00");
    await reader.visit(CAMERA);
    await reader.visit(PID);
    await expect.poll(arrived).toMatchObject([{ pageKey: "pid-control", saved: true }]);
  });

  test("is never sent for the next reader on this computer, and arrives when the first one is back", async () => {
    await blockProgress();
    await reader.pageButton("Save this page").click();
    await reader.pageButton("Saved").waitFor();
    // The session ends elsewhere; the widget finds out.
    await reader.page.context().clearCookies();
    await reader.newVisit();
    await reader.visit(PID);
    await reader.signInButton().waitFor();
    await unblock();
    await reader.signUpOnly({ email: `next-${count++}@example.test`, password: "a good password" });
    await reader.pageButton("Too easy").click();
    await expect.poll(arrived).toMatchObject([{ saved: false, feedback: "too-easy" }]);
    await reader.signOut();
    await reader.signIn(credentials);
    await reader.page.clock.fastForward("30:00");
    await reader.visit(CAMERA);
    await reader.visit(PID);
    await expect.poll(arrived).toMatchObject([{ pageKey: "pid-control", saved: true, feedback: null }]);
  });

  test("is refused by the Worker when another reader's session sends it, and then kept", async () => {
    const other = await ReaderPage.open(reader.page.context(), reader.docs, environment.worker);
    await blockProgress();
    await reader.pageButton("Save this page").click();
    await reader.pageButton("Saved").waitFor();
    await unblock();
    // Another reader signs in with the same cookie, as from another site of the same Worker.
    await other.visit();
    await other.page.evaluate(
      async ({ worker, email }) => {
        await fetch(`${worker}/api/auth/sign-up/email`, {
          method: "POST",
          credentials: "include",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ email, password: "a good password" }),
        });
      },
      { worker: environment.worker, email: `hidden-${count++}@example.test` },
    );
    await reader.page.clock.fastForward("30:00");
    await reader.pageButton("Too hard").click();
    await expect
      .poll(() => reader.apiRequests().filter((one) => one === "GET /api/me").length)
      .toBeGreaterThanOrEqual(2);
    expect(await arrived()).toEqual([]);
    expect((await waiting()).length).toBeGreaterThanOrEqual(1);
  });
});
