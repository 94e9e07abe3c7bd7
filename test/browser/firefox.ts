// Real Firefox with a fresh profile, over WebDriver BiDi. Its default settings keep the cookies of other sites apart by
// the page they are in (Total Cookie Protection), which is what most of its readers have.
import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import puppeteer, { type Browser, type ElementHandle, type HTTPRequest, type Page } from "puppeteer-core";

const KNOWN = [
  "/usr/bin/firefox-esr",
  "/usr/bin/firefox",
  "/snap/bin/firefox",
  "/Applications/Firefox.app/Contents/MacOS/firefox",
  "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
];

/** Milliseconds until something that does not appear is missing. */
const LONGEST_WAIT = 30_000;

/** @throws with how to get one, when there is none. */
export function findFirefox(env: Partial<Record<string, string>> = process.env): string {
  const named = env.FIREFOX_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`FIREFOX_PATH names ${named}, and there is no such file.`);
  }
  const found = KNOWN.find((path) => existsSync(path));
  if (found) return found;
  throw new Error(
    "The browser tests need Firefox. Install one (Debian: sudo apt install firefox-esr; Ubuntu: sudo apt install " +
      "firefox; macOS: brew install --cask firefox), or name it: FIREFOX_PATH=/path/to/firefox npm run test:browser",
  );
}

/**
 * Nothing of Firefox's own asks the network for anything, or waits for it; what Puppeteer sets already is not repeated.
 * The settings that decide about cookies and storage stay those of a reader.
 */
const QUIET = {
  "app.normandy.enabled": false,
  "app.shield.optoutstudies.enabled": false,
  "browser.region.network.url": "",
  "browser.region.update.enabled": false,
  "dom.push.connection.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  // The development servers are on 127.0.0.1: `localhost` is nothing else here.
  "network.dns.disableIPv6": true,
  "network.dns.disablePrefetch": true,
  "network.prefetch-next": false,
  // No proxy, whatever the machine's own settings are; no DNS over HTTPS.
  "network.proxy.type": 0,
  "network.trr.mode": 5,
  "toolkit.telemetry.enabled": false,
  "toolkit.telemetry.server": "",
  "toolkit.telemetry.unified": false,
};

/** A browser of one reader, with a profile that is thrown away. */
export function openFirefox(): Promise<Browser> {
  return puppeteer.launch({
    browser: "firefox",
    executablePath: findFirefox(),
    headless: true,
    extraPrefsFirefox: QUIET,
  });
}

/** A reader in Firefox: finds things as a reader does, by what they are and are called. */
export class FirefoxReader {
  readonly page: Page;
  readonly docs: string;
  /** Exceptions, and what the page's strict security policy refused. */
  readonly complaints: string[] = [];
  readonly #requests: string[] = [];
  /** What the browser did and said, for whoever looks for the reason of a failure. */
  readonly #log: string[] = [];
  readonly #unanswered = new Map<HTTPRequest, string>();
  /** Of every session that the Worker began. */
  readonly #sessionTokens: string[] = [];

  private constructor(page: Page, docs: string, worker: string) {
    this.page = page;
    this.docs = docs;
    page.on("pageerror", (error) => {
      this.#log.push(`exception: ${error}`);
      this.complaints.push(String(error));
    });
    page.on("console", (message) => {
      this.#log.push(`console: ${message.text()}`);
      if (/Content.Security.Policy|TrustedTypes|violates/i.test(message.text())) this.complaints.push(message.text());
    });
    page.on("requestfinished", (request) => this.#unanswered.delete(request));
    page.on("requestfailed", (request) => {
      this.#unanswered.delete(request);
      this.#log.push(`no answer: ${request.method()} ${request.url()}: ${request.failure()?.errorText}`);
    });
    page.on("request", (request) => {
      this.#unanswered.set(request, `${request.method()} ${request.url()}`);
      const url = new URL(request.url());
      if (url.origin === worker && request.method() !== "OPTIONS")
        this.#requests.push(`${request.method()} ${url.pathname}`);
    });
    page.on("response", (response) => {
      const request = response.request();
      this.#log.push(`${response.status()} ${request.method()} ${request.url().slice(0, 200)}`);
      const [, token] = /session_token=([^;\s]+)/.exec(response.headers()["set-cookie"] ?? "") ?? [];
      if (token !== undefined) this.#sessionTokens.push(token);
    });
  }

  static async open(browser: Browser, docs: string, worker: string): Promise<FirefoxReader> {
    const page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 900 });
    return new FirefoxReader(page, docs, worker);
  }

  /** Why a test failed, as far as this browser knows: what it did and said, and what the page shows now. */
  async report(): Promise<string> {
    const shown = await this.page
      .evaluate(() => {
        const said = (node: Node): string =>
          node instanceof Text
            ? (node.textContent ?? "")
            : [...(node instanceof Element ? (node.shadowRoot?.childNodes ?? []) : []), ...node.childNodes]
                .filter((one) => !(one instanceof Element) || (one.checkVisibility() && one.localName !== "script"))
                .map(said)
                .join(" ");
        return `${location.href}\n${said(document.body).replaceAll(/\s+/g, " ")}`;
      })
      .catch((error: unknown) => `The page cannot be asked: ${error}`);
    const waiting = [...this.#unanswered.values()].map((request) => `unanswered: ${request}`);
    return ["Firefox:", ...this.#log.slice(-60), ...waiting, "The page:", shown].join("\n");
  }

  async visit(path = "/"): Promise<void> {
    await this.page.goto(this.docs + path);
  }

  /** Requests to the Worker so far, preflights left out. */
  requests(): readonly string[] {
    return this.#requests;
  }

  /** Secrets that no script may see, as the Worker set them in cookies. */
  sessionTokens(): readonly string[] {
    return this.#sessionTokens;
  }

  /** Everything that a script of the docs page can read where secrets are looked for. */
  visibleToScripts(): Promise<string> {
    return this.page.evaluate(() =>
      JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }, document.documentElement.outerHTML]),
    );
  }

  /** Names of what this page's origin stores. */
  stored(): Promise<string[]> {
    return this.page.evaluate(() =>
      [document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((name) => name !== ""),
    );
  }

  /**
   * Waits for a visible element of that kind and accessible name, also in shadow roots: Firefox's own search by role
   * does not look there.
   */
  async find(kind: "button" | "heading" | "field", name: string): Promise<ElementHandle<HTMLElement>> {
    const selector = { button: "button", heading: "h1, h2, h3", field: "input" }[kind];
    const deadline = performance.now() + LONGEST_WAIT;
    while (performance.now() < deadline) {
      const found = await this.page.evaluateHandle(
        (wanted, called) => {
          const all = (root: ParentNode): HTMLElement[] => [
            ...root.querySelectorAll<HTMLElement>(wanted),
            ...[...root.querySelectorAll("*")].flatMap((one) => (one.shadowRoot ? all(one.shadowRoot) : [])),
          ];
          const nameOf = (one: HTMLElement) =>
            one.ariaLabel ?? (one instanceof HTMLInputElement ? one.labels?.[0]?.textContent : one.textContent) ?? "";
          // What a modal dialog covers cannot be used.
          const root = document.querySelector<HTMLElement>("dialog[open]") ?? document;
          return all(root).find((one) => nameOf(one).trim() === called && one.checkVisibility()) ?? null;
        },
        selector,
        name,
      );
      const element = found.asElement();
      if (element) return element as ElementHandle<HTMLElement>;
      await setTimeout(50);
    }
    throw new Error(`There is no ${kind} "${name}".`);
  }

  async press(name: string): Promise<void> {
    await (await this.find("button", name)).click();
  }

  async choose(label: string): Promise<void> {
    await (await this.find("field", label)).click();
  }

  async type(label: string, text: string): Promise<void> {
    await (await this.find("field", label)).type(text);
  }

  /** The titles of the list as it is shown once it is there. */
  async recommendations(): Promise<string[]> {
    await this.page.waitForSelector("docent-recommendations >>> ol > li h3");
    return this.page.$$eval("docent-recommendations >>> ol > li h3", (all) =>
      all.map((heading) => heading.textContent?.trim() ?? ""),
    );
  }
}
