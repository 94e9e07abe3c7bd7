// The main job, in real Chromium with third-party cookies blocked: from an anonymous page view to recommendations with
// reasons, and back again after signing out and in. On both docs origins: on the Worker's site, and on another.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Browser, openBrowser } from "./chromium.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { type Credentials, ReaderPage } from "./reader-page.ts";

let environment: Environment;
beforeAll(async () => {
  environment = await startEnvironment();
});
afterAll(() => environment?.stop());

let browsers: Browser[] = [];
async function newReader(docs: string): Promise<ReaderPage> {
  const browser = await openBrowser();
  browsers.push(browser);
  return ReaderPage.open(browser.context, docs, environment.worker);
}
afterEach(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  browsers = [];
});

const LEVEL = "How familiar are you with the subject?";
const SYSTEM = "Which operating system do you work on?";
const LANGUAGES = "Which programming languages do you use?";
const BEGINNER = { [LEVEL]: ["I am new to it"], [SYSTEM]: ["Linux"], [LANGUAGES]: ["Python"] };
const EXPERT = { [LEVEL]: ["I teach or build it"], [SYSTEM]: ["macOS"], [LANGUAGES]: ["C++"] };

let count = 0;
/** A new reader each time, so that no test depends on another. */
function somebody(): Credentials {
  count += 1;
  return { email: `reader-${count}@example.test`, password: `a good password ${count}` };
}

describe.each(["sameSite", "crossSite"] as const)("docs on the origin %s", (which) => {
  let reader: ReaderPage;
  beforeEach(async ({ onTestFailed }) => {
    onTestFailed(() => console.error(environment.workerLines().join("\n")));
    reader = await newReader(environment.docs[which]);
  });
  afterEach(() => expect(reader.complaints).toEqual([]));

  test("an anonymous page view asks the Worker for the one static script and nothing else, and stores nothing", async () => {
    await reader.visit();
    await reader.signInButton().waitFor();
    await reader.visit("/control-and-planning/pid-control.html");
    await reader.signInButton().waitFor();
    await reader.page.waitForLoadState("networkidle");
    expect(new Set(reader.requestPaths())).toEqual(new Set(["/docent.js"]));
    const stored = await reader.page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]);
    expect(stored).toEqual([0, 0, ""]);
    expect(await reader.page.context().cookies()).toEqual([]);
  });

  test("sign up, answer, see recommendations with reasons, reload, sign out, sign in: still there", async () => {
    const credentials = somebody();
    await reader.visit();
    await reader.signUp(credentials);
    await reader.answer(BEGINNER);
    const first = await reader.recommendations();
    expect(first.length).toBe(4);
    expect(first.flatMap((page) => page.reasons).join("\n")).toMatch(/Linux/);
    expect(first.flatMap((page) => page.reasons).join("\n")).toMatch(/python/i);
    for (const page of first) expect(page.href.startsWith(`${reader.docs}/`), page.href).toBe(true);

    await reader.page.reload();
    expect(await reader.recommendations()).toEqual(first);
    await reader.openAnswers();
    expect(await reader.chosen()).toEqual(["I am new to it", "Linux", "Python"]);
    await reader.page.keyboard.press("Escape");

    await reader.signOut();
    await reader.page.reload();
    await reader.signInButton().waitFor();
    expect(await reader.page.locator("docent-recommendation-list, docent-account-menu").count()).toBe(0);

    await reader.signIn(credentials);
    expect(await reader.recommendations()).toEqual(first);
  });

  test("a recommendation leads to its page, which is then no longer recommended there", async () => {
    await reader.visit();
    await reader.signUp(somebody());
    await reader.answer(BEGINNER);
    const [top = { title: "", href: "" }] = await reader.recommendations();
    await reader.page
      .getByRole("region", { name: "Recommended for you" })
      .getByRole("link", { name: top.title })
      .first()
      .click();
    await reader.page.getByRole("heading", { level: 1, name: top.title }).waitFor();
    expect(reader.page.url()).toBe(top.href);
    expect((await reader.recommendations()).map((page) => page.href)).not.toContain(top.href);
  });

  test("the index of a language recommends pages of that language", async () => {
    await reader.visit();
    await reader.signUp(somebody());
    await reader.answer(BEGINNER);
    const links = reader.page.locator("docent-recommendation-list [part=link]");
    for (const [index, inUrdu] of [
      ["/ur/", true],
      ["/", false],
    ] as const) {
      await reader.visit(index);
      await links.first().waitFor();
      const paths = await links.evaluateAll((all) =>
        all.map((link) => new URL((link as HTMLAnchorElement).href).pathname),
      );
      expect(paths.length, index).toBeGreaterThanOrEqual(3);
      for (const path of paths) expect(path.startsWith("/ur/"), `${path} on ${index}`).toBe(inUrdu);
    }
  });

  test("two readers with different backgrounds see visibly different lists, each for reasons of their own", async () => {
    const other = await newReader(environment.docs[which]);
    for (const [page, answers] of [
      [reader, BEGINNER],
      [other, EXPERT],
    ] as const) {
      await page.visit();
      await page.signUp(somebody());
      await page.answer(answers);
    }
    const beginner = await reader.recommendations();
    const expert = await other.recommendations();
    const titles = (list: typeof beginner) => list.map((page) => page.title);
    expect(titles(beginner)[0]).not.toBe(titles(expert)[0]);
    const shared = titles(beginner).filter((title) => titles(expert).includes(title));
    expect(shared.length, JSON.stringify({ beginner, expert })).toBeLessThanOrEqual(2);
    const reasons = (list: typeof beginner) => list.flatMap((page) => page.reasons).join("\n");
    expect(reasons(beginner)).toMatch(/Linux/);
    expect(reasons(expert)).toMatch(/macOS/);
    expect(reasons(expert)).not.toMatch(/Linux/);
  });

  test("signing out in one tab signs out the others, and signing in does so too", async () => {
    const credentials = somebody();
    await reader.visit();
    await reader.signUpOnly(credentials);
    const other = await ReaderPage.open(reader.page.context(), reader.docs, environment.worker);
    await other.visit("/perception/camera-calibration.html");
    await other.accountButton().waitFor();
    await other.signOut();
    await reader.signInButton().waitFor();
    await other.signIn(credentials);
    await reader.accountButton().waitFor();
  });

  test("a session that ends in the middle of the questions costs a sign-in and no answer", async () => {
    const credentials = somebody();
    await reader.visit();
    await reader.signUp(credentials);
    await reader.dialog().getByLabel("Windows").check();
    await reader.page.context().clearCookies();
    await reader.dialog().getByRole("button", { name: "Save answers" }).click();
    await reader.dialog().getByText("Your session has ended").waitFor();
    await reader.fillIn(credentials);
    await reader.dialog().getByRole("button", { name: "Sign in", exact: true }).click();
    expect(await reader.chosen()).toEqual(["Windows"]);
    await reader.answer({});
    const reasons = (await reader.recommendations()).flatMap((page) => page.reasons);
    expect(reasons.join("\n")).toMatch(/Windows/);
  });

  test("what one reader chose and did not save is not shown to the next one on the same page", async () => {
    await reader.visit();
    await reader.signUp(somebody());
    await reader.dialog().getByLabel("Windows").check();
    await reader.page.context().clearCookies();
    await reader.dialog().getByRole("button", { name: "Save answers" }).click();
    await reader.dialog().getByText("Your session has ended").waitFor();
    await reader.dialog().getByRole("button", { name: "Create an account" }).click();
    await reader.fillIn(somebody());
    await reader.dialog().getByRole("button", { name: "Create account" }).click();
    expect(await reader.chosen()).toEqual([]);
  });

  test("every question can be skipped", async () => {
    await reader.visit();
    await reader.signUpOnly(somebody());
    expect(reader.apiRequests()).toContain("POST /api/auth/sign-up/email");
    expect(reader.apiRequests()).not.toContain("PUT /api/background");
  });

  test("no script sees the session's token: not in cookies, storage, the page, or any answer", async () => {
    await reader.visit();
    await reader.signUp(somebody());
    await reader.answer(BEGINNER);
    await reader.page.reload();
    await reader.recommendations();
    await reader.accountButton().click();
    await reader.page.getByText("Signed in as").waitFor();

    const cookies = (await reader.page.context().cookies()).filter((cookie) => cookie.name.includes("session_token"));
    expect(cookies.map(({ name, httpOnly, secure }) => ({ name, httpOnly, secure }))).toEqual([
      { name: "__Host-docent.session_token", httpOnly: true, secure: true },
    ]);
    const [token = ""] = decodeURIComponent(cookies[0]?.value ?? "").split(".");
    expect(token.length).toBeGreaterThanOrEqual(32);
    expect(await reader.visibleToScripts()).not.toContain(token);
    expect(reader.bodies.length).toBeGreaterThan(5);
    for (const body of reader.bodies) expect(body).not.toContain(token);
  });
});

describe("the static files", () => {
  const get = (path: string) => fetch(new URL(path, environment.worker));

  test("may be loaded by any docs site, are what they say, and are kept as long as their name allows", async () => {
    const script = await get("/docent.js");
    const parts = [...new Set((await script.text()).match(/docent\/[a-z]+-[A-Z0-9]+\.js/g))];
    expect(parts.length).toBeGreaterThanOrEqual(3);
    const expected = new Map([
      ["/docent.js", /max-age=300,/],
      ["/docent/config.json", /max-age=300,/],
      ...parts.map((path) => [`/${path}`, /immutable/] as const),
    ]);
    for (const [path, caching] of expected) {
      const { status, headers } = await get(path);
      expect(status, path).toBe(200);
      expect(headers.get("access-control-allow-origin"), path).toBe("*");
      expect(headers.get("cross-origin-resource-policy"), path).toBe("cross-origin");
      expect(headers.get("x-content-type-options"), path).toBe("nosniff");
      expect(headers.get("cache-control"), path).toMatch(caching);
    }
  });

  test("tell the browser what it needs of the configuration and nothing else", async () => {
    const config: unknown = await (await get("/docent/config.json")).json();
    expect(Object.keys(config ?? {}).sort()).toEqual(["methods", "questionnaire", "sites", "turnstile"]);
    expect(Object.keys(Reflect.get(config ?? {}, "methods")).sort()).toEqual([
      "magicLink",
      "mail",
      "passkey",
      "password",
      "providers",
    ]);
    expect(JSON.stringify(config)).not.toMatch(/origin|secret|token|weights/i);
  });
});
