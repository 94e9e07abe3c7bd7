// Everything works without an account, in the browser alone: nothing is stored or sent until the reader acts, what they
// do then stays on their device, and it goes with them when they sign up or in.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openBrowser } from "./chromium.ts";
import { type Credentials, ReaderPage } from "./reader-page.ts";
import { environment, reader, useReader } from "./reader-test.ts";
import { installClock, readTo } from "./reading-clock.ts";

const PID = "/control-and-planning/pid-control.html";
const CAMERA = "/perception/camera-calibration.html";
const LEVEL = "How familiar are you with the subject?";
const SYSTEM = "Which operating system do you work on?";

useReader("crossSite");
let count = 0;
const somebody = (): Credentials => ({ email: `guest-${count++}@example.test`, password: "a good password" });

const stored = () =>
  reader.page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)].map((key) => key));
const notes = () => reader.page.locator("docent-page .note");

/** Answers without an account; the list is made in the browser. */
async function answerHere(answers: Readonly<Record<string, readonly string[]>>): Promise<void> {
  for (const [question, labels] of Object.entries(answers)) {
    const group = reader.dialog().getByRole("group", { name: question });
    for (const label of labels) await group.getByLabel(label, { exact: true }).check();
  }
  await reader.dialog().getByRole("button", { name: "Save answers" }).click();
  await reader.dialog().waitFor({ state: "hidden" });
}

const openInvitation = () => reader.page.getByRole("button", { name: "Get recommendations" }).click();

describe("a reader without an account", () => {
  test("who only reads, to the end of a page, stores nothing and sends nothing", async () => {
    await installClock(reader.page);
    await reader.visit(PID);
    await reader.pageButton("Save this page").waitFor();
    await readTo(reader.page, 1);
    await reader.visit("/");
    await reader.signInButton().waitFor();
    expect(await stored()).toEqual([]);
    expect(new Set(reader.requestPaths())).toEqual(new Set(["/docent.js"]));
  });

  test("answers, and gets a list with reasons from the docs' own catalogue file, without one call of the API", async () => {
    const files: string[] = [];
    reader.page.on("request", (request) => files.push(request.url()));
    await reader.visit();
    await openInvitation();
    await answerHere({ [LEVEL]: ["I am new to it"], [SYSTEM]: ["Linux"] });
    const list = await reader.recommendations();
    expect(list.length).toBe(4);
    expect(list.flatMap((page) => page.reasons).join("\n")).toMatch(/Linux/);
    expect(files).toContain(`${reader.docs}/docent-catalogue.json`);
    expect(reader.apiRequests()).toEqual([]);

    await reader.page.reload();
    expect(await reader.recommendations()).toEqual(list);
    await reader.guestButton().click();
    await reader.page.getByRole("button", { name: "Your answers", exact: true }).click();
    expect(await reader.chosen()).toEqual(["I am new to it", "Linux"]);
    expect(reader.apiRequests()).toEqual([]);
  });

  test("gets the list that the Worker makes for the same answers", async () => {
    await reader.visit();
    await openInvitation();
    await answerHere({ [LEVEL]: ["I work with it"], [SYSTEM]: ["macOS"] });
    const here = await reader.recommendations();
    await reader.guestButton().click();
    await reader.page.getByRole("button", { name: "Create an account" }).click();
    const ranked = reader.page.waitForResponse((response) => response.url().includes("/api/recommendations"));
    await reader.fillIn(somebody());
    await reader.dialog().getByRole("button", { name: "Create account" }).click();
    await (await ranked).finished();
    await reader.accountButton().waitFor();
    await expect.poll(() => reader.recommendations()).toEqual(here);
  });

  test("saves a page and says it is too hard, takes it back, and finds the saved page again", async () => {
    await reader.visit(PID);
    await reader.pageButton("Save this page").click();
    await reader.pageButton("Saved").waitFor();
    await notes().getByText("Kept on this device").waitFor();
    await reader.pageButton("Too hard").click();
    await notes().getByText("Noted: too hard").waitFor();
    await reader.pageButton("Undo").click();
    await notes().getByText("Taken back").waitFor();
    expect(await reader.pageButton("Too hard").getAttribute("aria-pressed")).toBe("false");
    await reader.visit("/");
    const saved = reader.page.getByRole("region", { name: "Saved pages" });
    await saved.getByRole("link", { name: "PID control that behaves" }).waitFor();
    await saved.getByRole("button", { name: /Remove/ }).click();
    await saved.waitFor({ state: "hidden" });
    expect(reader.apiRequests()).toEqual([]);
  });

  test("has a page that is not for them left out of the list, until they take it back", async () => {
    await reader.visit();
    await openInvitation();
    await answerHere({ [LEVEL]: ["I am new to it"] });
    const [first = { href: "", title: "" }] = await reader.recommendations();
    await reader.visit(new URL(first.href).pathname);
    await reader.pageButton("Not for me").click();
    await notes().getByText("not recommended any more").waitFor();
    await reader.visit();
    expect((await reader.recommendations()).map((page) => page.href)).not.toContain(first.href);
    await reader.visit(new URL(first.href).pathname);
    await reader.pageButton("Undo").click();
    await notes().getByText("Taken back").waitFor();
    await reader.visit();
    expect((await reader.recommendations()).map((page) => page.href)).toContain(first.href);
  });

  test("asks to be remembered, reads, and is offered to continue where they stopped", async () => {
    await installClock(reader.page);
    await reader.visit();
    await reader.page.getByRole("button", { name: "Remember my reading" }).click();
    await reader.page.getByText("What you read is remembered").waitFor();
    await reader.visit(PID);
    await reader.guestButton().waitFor();
    await readTo(reader.page, 0.5);
    await reader.visit("/");
    const link = reader.page.locator("docent-continue").getByRole("link", { name: "PID control that behaves" });
    await link.waitFor();
    await reader.page
      .locator("docent-continue")
      .getByText(/^\s*[4-6]\d % read/)
      .waitFor();
    expect(reader.apiRequests()).toEqual([]);
  });

  test("forgets everything when they say so, in every tab", async () => {
    await reader.visit(PID);
    await reader.pageButton("Save this page").click();
    await reader.guestButton().waitFor();
    const other = await ReaderPage.open(reader.page.context(), reader.docs, environment.worker);
    await other.visit();
    await other.guestButton().click();
    await other.page.getByRole("button", { name: "Remove it all" }).click();
    await other.page.getByRole("button", { name: "Remove", exact: true }).first().click();
    await other.signInButton().waitFor();
    await reader.signInButton().waitFor();
    expect(await stored()).toEqual([]);
    expect(await reader.pageButton("Save this page").getAttribute("aria-pressed")).toBe("false");
  });

  test("loses nothing of what two tabs do at once", async () => {
    await reader.visit(PID);
    await reader.pageButton("Save this page").click();
    await reader.guestButton().waitFor();
    const other = await ReaderPage.open(reader.page.context(), reader.docs, environment.worker);
    await other.visit(CAMERA);
    await other.guestButton().waitFor();
    await Promise.all([reader.pageButton("Too hard").click(), other.pageButton("Save this page").click()]);
    await other.pageButton("Saved").waitFor();
    await notes().getByText("Noted: too hard").waitFor();
    await reader.visit("/");
    const saved = reader.page.getByRole("region", { name: "Saved pages" });
    await saved.getByRole("link").nth(1).waitFor();
    await reader.visit(PID);
    await notes().getByText("Noted: too hard").waitFor();
  });

  test("is on the site that Docent's own tag names, whatever other tags say", async () => {
    const html = await readFile(join(environment.docsFolder, "index.html"), "utf8");
    const withAnother = html.replace("<head>", '<head><script type="text/plain" data-site="ANALYTICS"></script>');
    expect(withAnother).not.toBe(html);
    await writeFile(join(environment.docsFolder, "two-vendors.html"), withAnother);
    await reader.visit("/two-vendors.html");
    await reader.page.getByRole("button", { name: "Remember my reading" }).click();
    await reader.guestButton().waitFor();
    expect(await stored()).toEqual([`docent:${environment.worker}:course:local`]);
  });

  test("is not stopped by what is damaged in storage", async () => {
    await reader.visit();
    await reader.page.evaluate(
      (key) => localStorage.setItem(key, '{"version":1,"events":"damaged"}'),
      `docent:${environment.worker}:course:local`,
    );
    await reader.page.reload();
    await reader.signInButton().waitFor();
    await openInvitation();
    await answerHere({ [LEVEL]: ["I am new to it"] });
    expect((await reader.recommendations()).length).toBe(4);
  });
});

describe("signing up and in", () => {
  test("brings answers, saved pages and feedback along, and asks nothing twice", async () => {
    await reader.visit(PID);
    await reader.pageButton("Save this page").click();
    await reader.pageButton("Too easy").click();
    await notes().getByText("Noted: too easy").waitFor();
    await reader.visit();
    await reader.guestButton().click();
    await reader.page.getByRole("button", { name: "Your answers", exact: true }).click();
    await answerHere({ [SYSTEM]: ["Windows"] });
    const credentials = somebody();
    await reader.guestButton().click();
    await reader.page.getByRole("button", { name: "Create an account" }).click();
    await reader.fillIn(credentials);
    await reader.dialog().getByRole("button", { name: "Create account" }).click();
    await reader.accountButton().waitFor();
    await reader.dialog().waitFor({ state: "hidden" });
    expect((await stored()).filter((key) => key.includes(":local"))).toEqual([]);

    // Another device, where only the account knows.
    const elsewhere = await openBrowser();
    try {
      const page = await ReaderPage.open(elsewhere.context, environment.docs.sameSite, environment.worker);
      await page.visit(PID);
      await page.signIn(credentials);
      await page.pageButton("Saved").waitFor();
      expect(await page.pageButton("Too easy").getAttribute("aria-pressed")).toBe("true");
      await page.openAnswers();
      expect(await page.chosen()).toEqual(["Windows"]);
    } finally {
      await elsewhere.close();
    }
  });

  test("in to an account keeps what the account says, and adds what it does not", async () => {
    const credentials = somebody();
    await reader.visit();
    await reader.signUp(credentials);
    await reader.answer({ [LEVEL]: ["I work with it"] });
    await reader.signOut();
    await openInvitation();
    await answerHere({ [LEVEL]: ["I am new to it"], [SYSTEM]: ["Linux"] });
    await reader.guestButton().click();
    await reader.page.getByRole("button", { name: "Sign in", exact: true }).click();
    await reader.fillIn(credentials);
    await reader.dialog().getByRole("button", { name: "Sign in", exact: true }).click();
    await reader.accountButton().waitFor();
    await reader.openAnswers();
    expect(await reader.chosen()).toEqual(["I work with it", "Linux"]);
  });

  test("during an outage keeps it on the device until it has arrived", async () => {
    await reader.visit(PID);
    await reader.pageButton("Save this page").click();
    await reader.guestButton().click();
    await reader.page.getByRole("button", { name: "Create an account" }).click();
    await reader.page.route(`${environment.worker}/api/progress*`, (route) => route.abort("connectionrefused"));
    await reader.fillIn(somebody());
    await reader.dialog().getByRole("button", { name: "Create account" }).click();
    await reader.dialog().getByRole("group").first().waitFor();
    expect((await stored()).filter((key) => key.includes(":local"))).toHaveLength(1);
    await reader.page.unroute(`${environment.worker}/api/progress*`);
    await reader.visit(PID);
    await reader.pageButton("Saved").waitFor();
    await expect.poll(async () => (await stored()).filter((key) => key.includes(":local"))).toEqual([]);
  });
});

describe("signing out", () => {
  test("leaves answers and reading on the device for a reader who wants that", async () => {
    await reader.visit(PID);
    await reader.signUp(somebody());
    await reader.answer({ [SYSTEM]: ["Linux"] });
    await reader.pageButton("Save this page").click();
    await reader.pageButton("Saved").waitFor();
    await reader.askToSignOut();
    expect(await reader.dialog().getByLabel("My answers").isChecked()).toBe(true);
    await reader.dialog().getByRole("button", { name: "Sign out" }).click();
    await reader.guestButton().waitFor();
    await reader.pageButton("Saved").waitFor();
    await reader.guestButton().click();
    await reader.page.getByRole("button", { name: "Your answers", exact: true }).click();
    expect(await reader.chosen()).toEqual(["Linux"]);
  });

  test("leaves nothing on a computer that others use too, without having to be told", async () => {
    await reader.visit(PID);
    await reader.openSignUp();
    await reader.dialog().getByLabel("Others use this computer too").check();
    await reader.fillIn(somebody());
    await reader.dialog().getByRole("button", { name: "Create account" }).click();
    await reader.dialog().getByRole("button", { name: "Skip all" }).click();
    await reader.accountButton().waitFor();
    const [cookie] = (await reader.page.context().cookies()).filter((one) => one.name.includes("session_token"));
    expect(cookie?.expires).toBe(-1);
    await reader.pageButton("Save this page").click();
    await reader.pageButton("Saved").waitFor();
    await reader.askToSignOut();
    expect(await reader.dialog().getByLabel("Nothing").isChecked()).toBe(true);
    await reader.dialog().getByRole("button", { name: "Sign out" }).click();
    await reader.signInButton().waitFor();
    expect(await stored()).toEqual([]);
  });
});
