// The database or the whole Worker is away: the page is the page it would have been, nobody is signed out, and nothing
// that a reader typed is lost.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Browser, openBrowser } from "./chromium.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { type Credentials, ReaderPage } from "./reader-page.ts";

const UNREACHABLE = /cannot reach the server.*Nothing you typed is lost/;

let count = 0;
function somebody(): Credentials {
  count += 1;
  return { email: `patient-${count}@example.test`, password: "a good password" };
}

let environment: Environment;
let browser: Browser;
let reader: ReaderPage;
beforeAll(async () => {
  environment = await startEnvironment();
});
afterAll(() => environment?.stop());
beforeEach(async ({ onTestFailed }) => {
  onTestFailed(() => console.error(environment.workerLines().join("\n")));
  browser = await openBrowser();
  reader = await ReaderPage.open(browser.context, environment.docs.crossSite, environment.worker);
});
afterEach(async () => {
  environment.database.faults.clear();
  await browser.close();
});

const databaseDown = () => environment.database.faults.add({ effect: "status", status: 500, times: null });

describe("an outage", () => {
  test("while signing up and answering costs a reader neither the form nor the answers", async () => {
    const credentials = somebody();
    await reader.visit();
    await reader.openSignUp();
    const email = reader.dialog().getByLabel("E-mail address");
    const password = reader.dialog().getByLabel("Password", { exact: true });
    await email.fill(credentials.email);
    await password.fill(credentials.password);
    databaseDown();
    await reader.dialog().getByRole("button", { name: "Create account" }).click();
    await reader.dialog().getByText(UNREACHABLE).waitFor();
    expect([await email.inputValue(), await password.inputValue()]).toEqual(Object.values(credentials));

    environment.database.faults.clear();
    await reader.dialog().getByRole("button", { name: "Create account" }).click();
    await reader.dialog().getByLabel("macOS").check();
    databaseDown();
    await reader.dialog().getByRole("button", { name: "Save answers" }).click();
    await reader.dialog().getByText(UNREACHABLE).waitFor();
    expect(await reader.chosen()).toEqual(["macOS"]);
    // Closed by mistake, and opened again.
    await reader.page.keyboard.press("Escape");
    environment.database.faults.clear();
    await reader.openAnswers();
    expect(await reader.chosen()).toEqual(["macOS"]);
    await reader.answer({});
    await reader.page.reload();
    await reader.openAnswers();
    expect(await reader.chosen()).toEqual(["macOS"]);
  });

  test("signs nobody out, and a retry brings everything back", async () => {
    await reader.visit();
    await reader.signUpOnly(somebody());
    await reader.newVisit();
    await reader.page.route(`${environment.worker}/api/**`, (route) => route.abort("connectionrefused"));
    await reader.visit();
    const list = reader.page.getByRole("region", { name: "Recommended for you" });
    await list.getByText("not available right now").waitFor();
    await reader.accountButton().click();
    await reader.page.getByText("cannot be reached right now").waitFor();
    await reader.page.keyboard.press("Escape");
    expect(await reader.page.getByRole("heading", { level: 1 }).textContent()).toBe("Physical AI and Robotics");

    await reader.page.unroute(`${environment.worker}/api/**`);
    await list.getByRole("button", { name: "Try again" }).click();
    expect((await reader.recommendations()).length).toBeGreaterThan(0);
  });

  test("during sign-out says that the reader is still signed in, and they are", async () => {
    await reader.visit();
    await reader.signUpOnly(somebody());
    await reader.askToSignOut();
    databaseDown();
    await reader.dialog().getByLabel("Nothing").check();
    await reader.dialog().getByRole("button", { name: "Sign out" }).click();
    await reader.dialog().getByText("You are still signed in").waitFor();
    environment.database.faults.clear();
    await reader.page.reload();
    expect((await reader.recommendations()).length).toBeGreaterThan(0);
  });

  test("of the whole Worker leaves the docs as they are without Docent", async () => {
    await reader.page.route(`${environment.worker}/**`, (route) => route.abort("connectionrefused"));
    await reader.visit("/perception/camera-calibration.html");
    expect(await reader.page.getByRole("heading", { level: 1 }).textContent()).toBe("Calibrate a camera");
    expect(await reader.page.getByRole("banner").getByRole("button").count()).toBe(0);
    expect(reader.complaints).toEqual([]);
  });

  test.each(["widget", "dialog"])(
    "of the part %s, which is loaded later, is said beside the button, and a second click works",
    async (part) => {
      await reader.page.route(`${environment.worker}/docent/${part}-*`, (route) => route.abort("connectionrefused"));
      await reader.visit();
      await reader.signInButton().click();
      await reader.page.getByRole("banner").getByText("could not be loaded").waitFor();
      expect(await reader.page.getByText("could not be loaded").count()).toBe(1);
      await reader.page.unroute(`${environment.worker}/docent/${part}-*`);
      await reader.signInButton().click();
      await reader.dialog().getByRole("heading", { name: "Sign in" }).waitFor();
    },
  );
});

describe("a browser that keeps no cookie and no storage at all", () => {
  test("shows the docs, and tells a reader who signs up why it did not last", async () => {
    const strict = await openBrowser({ blocked: "all" });
    try {
      const page = await ReaderPage.open(strict.context, environment.docs.crossSite, environment.worker);
      await page.visit();
      await page.openSignUp();
      await page.dialog().getByLabel("E-mail address").fill(somebody().email);
      await page.dialog().getByLabel("Password", { exact: true }).fill("a good password");
      await page.dialog().getByRole("button", { name: "Create account" }).click();
      await page.dialog().getByText("this browser did not keep it").waitFor();
      expect(page.complaints).toEqual([]);
    } finally {
      await strict.close();
    }
  });
});
