// Every state of the widget, in light and dark, in English and Urdu, as axe sees it; then what axe cannot see: narrow
// screens, zoom, motion, forced colours.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { levelTexts, loaderTexts, passageTexts, widgetTexts } from "../../web/locales/en.ts";
import { dialogTexts } from "../../web/locales/en-dialog.ts";
import type { Locale } from "../../web/locales/locale.ts";
import { locale as urdu } from "../../web/locales/ur.ts";
import { violations } from "./axe.ts";
import { type Browser, type BrowserOptions, openBrowser } from "./chromium.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { ReaderPage } from "./reader-page.ts";
import { installClock, readTo } from "./reading-clock.ts";

type Texts = Pick<Locale, "lang" | "loader" | "widget" | "dialog" | "passages" | "levels">;
const ENGLISH: Texts = {
  lang: "en",
  loader: loaderTexts,
  widget: widgetTexts,
  dialog: dialogTexts,
  passages: passageTexts,
  levels: levelTexts,
};
const LANGUAGES = { English: ENGLISH, Urdu: urdu };
const INSTALL = "/ros-2-foundations/install-ros-2.html";
/** Where to put a picture of every state, to be looked at; nowhere if not set. */
const PICTURES = process.env.DOCENT_TEST_PICTURES;

let environment: Environment;
let browser: Browser;
let reader: ReaderPage;
let texts: Texts;
let count = 0;
beforeAll(async () => {
  environment = await startEnvironment();
});
afterAll(() => environment?.stop());
beforeEach(({ onTestFailed }) => onTestFailed(() => console.error(environment.workerLines().join("\n"))));
afterEach(async () => {
  environment.database.faults.clear();
  await browser?.close();
});

async function open(language: Texts, options: BrowserOptions = {}): Promise<void> {
  browser = await openBrowser(options);
  reader = await ReaderPage.open(browser.context, environment.docs.sameSite, environment.worker);
  texts = language;
}

const visit = (path: string) => reader.visit(texts.lang === "en" ? path : `/${texts.lang}${path}`);
const block = (path: string) =>
  reader.page.route(environment.worker + path, (route) => route.abort("connectionrefused"));
const unblock = (path: string) => reader.page.unroute(environment.worker + path);
const button = (name: string): Locator => reader.page.getByRole("button", { name, exact: true }).first();
const inDialog = (name: string): Locator => reader.dialog().getByRole("button", { name, exact: true });
const inMenu = (name: string): Locator =>
  reader.page.locator("docent-account").getByRole("button", { name, exact: true });

/** Goes through every state there is and stops at each. */
async function walk(stop: (state: string) => Promise<void>): Promise<void> {
  count += 1;
  const { loader, widget, dialog } = texts;
  await visit(INSTALL);
  await button(loader.signIn).waitFor();
  await stop("signed-out");

  await button(loader.signIn).click();
  await reader.dialog().getByRole("heading", { name: dialog.signInTitle }).waitFor();
  await stop("sign-in");
  await reader.dialog().locator("button.link").click();
  await reader.dialog().getByRole("heading", { name: dialog.signUpTitle }).waitFor();
  await stop("sign-up");
  await reader.dialog().locator("input[type=email]").fill("nobody");
  await reader.dialog().locator("button.main").click();
  await reader.dialog().getByText(dialog.emailInvalid).waitFor();
  await stop("sign-up-mistakes");
  await reader.dialog().locator("input[type=email]").fill(`axe-${count}@example.test`);
  await reader.dialog().locator("input[type=password]").fill("a good password");
  environment.database.faults.add({ effect: "status", status: 500, times: null });
  await reader.dialog().locator("button.main").click();
  await reader.dialog().getByText(dialog.unreachable).waitFor();
  await stop("sign-up-failed");
  environment.database.faults.clear();
  await reader.dialog().locator("button.main").click();
  await reader.dialog().getByRole("group").first().waitFor();
  await stop("questionnaire");
  await reader.dialog().getByRole("radio").first().check();
  await reader.dialog().getByLabel("macOS").check();
  await stop("questionnaire-answered");
  environment.database.faults.add({ effect: "status", status: 500, times: null });
  await inDialog(dialog.save).click();
  await reader.dialog().getByText(dialog.unreachable).waitFor();
  await stop("questionnaire-not-saved");
  environment.database.faults.clear();
  const ranked = reader.page.waitForResponse((response) => response.url().includes("/api/recommendations"));
  await inDialog(dialog.save).click();
  await reader.dialog().waitFor({ state: "hidden" });
  await (await ranked).finished();

  const list = reader.page.getByRole("region", { name: widget.recommended });
  await list.getByRole("heading", { level: 3 }).first().waitFor();
  await button(texts.passages.showAll).waitFor();
  await stop("recommendations-and-passages");
  await button(texts.passages.showAll).click();
  await stop("all-passages");
  await inMenu(widget.account).click();
  await inMenu(widget.signOut).waitFor();
  await stop("menu");
  await reader.page.keyboard.press("Escape");

  await reader.page.route(`${environment.worker}/api/**`, (route) => route.abort("connectionrefused"));
  // The first page of another visit: what this one was told is not there any more.
  await reader.page.addInitScript(() => sessionStorage.clear());
  await reader.page.reload();
  await list.getByText(widget.recommendationsFailed).waitFor();
  await stop("failed");
  await inMenu(widget.account).click();
  await stop("menu-failed");
  await reader.page.unroute(`${environment.worker}/api/**`);
  await reader.page.reload();
  await list.getByRole("heading", { level: 3 }).first().waitFor();
  await inMenu(widget.account).click();
  await inMenu(widget.signOut).click();
  await reader.dialog().waitFor();
  await stop("sign-out");
  environment.database.faults.add({ effect: "status", status: 500, times: null });
  await inDialog(dialog.signOutAction).click();
  await reader.dialog().getByText(dialog.signOutFailed).waitFor();
  await stop("sign-out-failed");
  environment.database.faults.clear();
}

/** The same for a reader without an account. */
async function walkAsGuest(stop: (state: string) => Promise<void>): Promise<void> {
  const { loader, widget, dialog, lang } = texts;
  await visit(INSTALL);
  const atTheEnd = (name: string) => reader.page.locator("docent-page").getByRole("button", { name, exact: true });
  await atTheEnd(loader.save).click();
  await atTheEnd(widget.saved).waitFor();
  await stop("guest-page-saved");
  await atTheEnd(loader.verdicts["too-easy"]).click();
  await reader.page.locator("docent-page").getByText(widget.noted["too-easy"]).waitFor();
  await stop("guest-verdict");
  await inMenu(widget.guest).click();
  await stop("guest-menu");
  await reader.page.keyboard.press("Escape");
  await reader.visit(lang === "en" ? "/" : `/${lang}/`);
  await reader.page.locator("docent-saved").getByRole("link").first().waitFor();
  await stop("guest-index");
  await inMenu(widget.guest).click();
  await inMenu(widget.yourAnswers).click();
  await reader.dialog().getByRole("group").first().waitFor();
  await stop("guest-questionnaire");
  await reader.dialog().getByLabel("macOS").check();
  await inDialog(dialog.save).click();
  await reader.page
    .getByRole("region", { name: widget.recommended })
    .getByRole("heading", { level: 3 })
    .first()
    .waitFor();
  await stop("guest-recommendations");
}

/** What is missing, refused or broken, and what comes of reading. */
async function walkAside(stop: (state: string) => Promise<void>): Promise<void> {
  count += 1;
  const { loader, widget, dialog } = texts;
  const banner = reader.page.getByRole("banner");
  await installClock(reader.page);
  await visit("/");
  await button(loader.invitationAction).waitFor();
  await stop("index");

  for (const part of ["widget", "dialog"]) {
    await block(`/docent/${part}-*`);
    await button(loader.signIn).click();
    await banner.getByText(loader.loadFailed).waitFor();
    await stop(`${part}-not-loaded`);
    await unblock(`/docent/${part}-*`);
  }

  await button(loader.signIn).click();
  await reader.dialog().locator("input[type=email]").fill(`nobody-${count}@example.test`);
  await reader.dialog().locator("input[type=password]").fill("not a password");
  await reader.dialog().locator("button.main").click();
  await reader.dialog().getByText(dialog.wrongCredentials).waitFor();
  await stop("sign-in-refused");
  await reader.dialog().locator("button.link").click();
  await reader.dialog().getByRole("heading", { name: dialog.signUpTitle }).waitFor();
  await reader.dialog().locator("input[type=email]").fill(`axe-aside-${count}@example.test`);
  await reader.dialog().locator("input[type=password]").fill("a good password");
  const signUp = `${environment.worker}/api/auth/sign-up/*`;
  await reader.page.route(signUp, async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    const response = await route.fetch();
    // A browser that keeps no cookie of the Worker.
    const { "set-cookie": _, ...headers } = response.headers();
    await reader.page.context().clearCookies();
    await route.fulfill({ response, headers });
  });
  await reader.dialog().locator("button.main").click();
  await reader.dialog().getByText(dialog.cookieLost).waitFor();
  await stop("cookie-lost");
  await reader.page.unroute(signUp);
  await reader.page.keyboard.press("Escape");

  await block("/docent/config.json");
  await button(loader.invitationAction).click();
  await reader.dialog().getByText(dialog.questionsFailed).waitFor();
  await stop("questionnaire-failed");
  await unblock("/docent/config.json");
  await reader.page.keyboard.press("Escape");

  await button(loader.remember).click();
  await reader.page.locator("docent-continue").getByText(widget.remembersHere).waitFor();
  await stop("remembers");
  await visit(INSTALL);
  await inMenu(widget.guest).waitFor();
  await readTo(reader.page, 0.5);
  await visit("/");
  await reader.page.locator("docent-continue").getByRole("link").waitFor();
  await stop("continue");
  await visit(INSTALL);
  await inMenu(widget.guest).waitFor();
  await readTo(reader.page, 1);
  for (const place of ["nav a", "nav summary", "article h2"])
    await reader.page.locator(`${place} docent-mark`).first().waitFor({ state: "attached" });
  await stop("marks");
  await inMenu(widget.guest).click();
  await inMenu(widget.forget).click();
  await reader.page.locator("docent-account").getByText(widget.forgetAsk).waitFor();
  await stop("really-remove");
  await inMenu(widget.forgetYes).click();
  await button(loader.signIn).waitFor();

  // A page that has no place of its own for the switch.
  await visit("/");
  await button(loader.invitationAction).click();
  await reader.dialog().getByLabel("macOS").check();
  await inDialog(dialog.save).click();
  await reader.dialog().waitFor({ state: "hidden" });
  await reader.page.evaluate(() => {
    const passage = document.createElement("p");
    passage.dataset.for = "os:windows";
    document.querySelector("main")?.append(passage);
  });
  await reader.page.locator("docent-passages[data-docent-floating]").getByRole("button").waitFor();
  await stop("floating-switch");
}

const WALKS = { "with an account": walk, "without an account": walkAsGuest, aside: walkAside };
type Walk = keyof typeof WALKS;

async function picture(name: string): Promise<void> {
  if (PICTURES === undefined) return;
  await mkdir(PICTURES, { recursive: true });
  await reader.page.screenshot({ path: join(PICTURES, `${name}.png`), animations: "disabled" });
}

test("axe looks into the widget, and can find something", async () => {
  await open(ENGLISH);
  await visit(INSTALL);
  await button(loaderTexts.signIn).waitFor();
  await reader.page.evaluate(() => {
    for (const one of document.querySelector("docent-account")?.shadowRoot?.querySelectorAll("button") ?? [])
      one.textContent = "";
  });
  expect((await violations(reader.page)).join("\n")).toMatch(/^button-name: docent-account,?.*button/);
});

describe.each(["English", "Urdu"] as const)("in %s", (language) => {
  test.each(["light", "dark"] as const)("axe finds nothing in any state (%s)", async (colorScheme) => {
    await open(LANGUAGES[language], { colorScheme });
    await walk(async (state) => {
      await picture(`${language}-${colorScheme}-${state}`);
      expect.soft(await violations(reader.page), state).toEqual([]);
    });
    expect(reader.complaints).toEqual([]);
  });

  test.each(["light", "dark"] as const)(
    "axe finds nothing for a reader without an account (%s)",
    async (colorScheme) => {
      await open(LANGUAGES[language], { colorScheme });
      await walkAsGuest(async (state) => {
        await picture(`${language}-${colorScheme}-${state}`);
        expect.soft(await violations(reader.page), state).toEqual([]);
      });
      expect(reader.complaints).toEqual([]);
    },
  );

  test.each(["light", "dark"] as const)(
    "axe finds nothing in what fails, is refused or comes of reading (%s)",
    async (colorScheme) => {
      await open(LANGUAGES[language], { colorScheme });
      await walkAside(async (state) => {
        await picture(`${language}-${colorScheme}-${state}`);
        expect.soft(await violations(reader.page), state).toEqual([]);
      });
      expect(reader.complaints).toEqual([]);
    },
  );

  test.each<[string, Walk, { width: number; height: number }]>([
    ["320 pixels", "with an account", { width: 320, height: 640 }],
    ["320 pixels", "without an account", { width: 320, height: 640 }],
    ["320 pixels", "aside", { width: 320, height: 640 }],
    ["1280 pixels at 200 %", "with an account", { width: 640, height: 450 }],
  ])("nothing has to be scrolled sideways at %s, %s", async (size, way, viewport) => {
    await open(LANGUAGES[language], { viewport });
    await WALKS[way](async (state) => {
      await picture(`${language}-${size.replaceAll(/\W/g, "")}-${state}`);
      const tooWide = await reader.page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll("dialog[open]")]
          .filter((one) => one.scrollWidth > one.clientWidth)
          .map((one) => `${one.tagName} ${one.scrollWidth} of ${one.clientWidth}`),
      );
      expect.soft(tooWide, state).toEqual([]);
    });
  });

  test("what the widget draws is in one language and direction, and says which", async () => {
    await open(LANGUAGES[language]);
    await walk(async (state) => {
      const said = await reader.page.evaluate(() =>
        [
          ...document.querySelectorAll<HTMLElement>(
            "docent-account, docent-recommendations, docent-passages, #docent-dialog",
          ),
        ]
          .filter((one) => one.shadowRoot?.firstChild || one.firstChild)
          .map((one) => `${one.lang} ${getComputedStyle(one).direction}`),
      );
      expect.soft(new Set(said), state).toEqual(new Set([language === "Urdu" ? "ur rtl" : "en ltr"]));
    });
  });
});

const ACCOUNTS = ["with an account", "without an account"] as const;

test.each(ACCOUNTS)("where readers want less motion, nothing moves by itself (%s)", async (way) => {
  await open(ENGLISH);
  await reader.page.emulateMedia({ reducedMotion: "reduce" });
  await WALKS[way](async (state) => {
    const moving = await reader.page.evaluate(() => {
      const roots = [...document.querySelectorAll("*")].flatMap((one) => one.shadowRoot ?? []);
      return [document, ...roots].flatMap((root) =>
        root.getAnimations().map(({ id, playState }) => `${id} ${playState}`),
      );
    });
    expect.soft(moving, state).toEqual([]);
  });
});

test.each(ACCOUNTS)("in forced colours every button has an edge (%s)", async (way) => {
  await open(ENGLISH);
  await reader.page.emulateMedia({ forcedColors: "active" });
  await WALKS[way](async (state) => {
    await picture(`forced-${state}`);
    const flat = await reader.page.evaluate(() => {
      const roots: ParentNode[] = [...document.querySelectorAll("*")].flatMap((one) => one.shadowRoot ?? []);
      const dialog = document.querySelector("#docent-dialog");
      return [...roots, ...(dialog ? [dialog] : [])]
        .flatMap((root) => [...root.querySelectorAll("button")])
        .filter((one) => one.checkVisibility())
        .filter((one) => {
          const { borderTopStyle, borderTopWidth, textDecorationLine } = getComputedStyle(one);
          return (borderTopStyle === "none" || borderTopWidth === "0px") && textDecorationLine === "none";
        })
        .map((one) => one.textContent?.trim() ?? "");
    });
    // Entries of a menu are told apart by their places.
    if (!/menu/.test(state)) expect.soft(flat, state).toEqual([]);
  });
});
