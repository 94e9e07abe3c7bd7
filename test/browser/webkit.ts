// Real WebKit (WebKitGTK's MiniBrowser) over WebDriver, spoken here by fetch: what is needed of it is small, and a client
// library would bring more than this file. Needs a display: where there is none, Xvfb gives one.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import * as z from "zod";

const DRIVER = "/usr/bin/WebKitWebDriver";
const BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser";

/** Milliseconds until something that does not appear is missing. */
const LONGEST_WAIT = 30_000;
/** The key under which WebDriver names an element. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

const answer = z.object({ value: z.unknown() });
const element = z.object({ [ELEMENT]: z.string() });
const failure = z.object({ error: z.string(), message: z.string() });

/** @throws with how to get it, when it is missing */
export function findWebKit(): { driver: string; browser: string } {
  const [browser] = globSync(BROWSERS);
  if (existsSync(DRIVER) && browser) return { driver: DRIVER, browser };
  throw new Error(
    "The browser tests need WebKit's driver. Install it (Debian and Ubuntu: sudo apt install webkit2gtk-driver xvfb).",
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A browser of one reader, with a profile that is thrown away. */
export class WebKit {
  readonly #process: ChildProcess;
  readonly #base: string;
  #session = "";

  private constructor(process: ChildProcess, base: string) {
    this.#process = process;
    this.#base = base;
  }

  static async open(): Promise<WebKit> {
    const { driver, browser } = findWebKit();
    const port = await freePort();
    const [command, ...args] = process.env.DISPLAY
      ? [driver, `--port=${port}`]
      : ["xvfb-run", "--auto-servernum", driver, `--port=${port}`];
    // A group of its own, so that the display and the browser end with it.
    const running = spawn(command, args, {
      stdio: "ignore",
      detached: true,
      env: { ...process.env, NO_AT_BRIDGE: "1" },
    });
    const webkit = new WebKit(running, `http://127.0.0.1:${port}`);
    try {
      await webkit.#begin(browser);
      return webkit;
    } catch (error) {
      await webkit.close();
      throw error;
    }
  }

  async #begin(binary: string): Promise<void> {
    const deadline = performance.now() + LONGEST_WAIT;
    for (;;) {
      const isUp = await fetch(`${this.#base}/status`).then(
        () => true,
        () => false,
      );
      if (isUp) break;
      if (performance.now() > deadline) throw new Error("WebKit's driver does not start.");
      await setTimeout(100);
    }
    const capabilities = {
      alwaysMatch: {
        acceptInsecureCerts: true,
        "webkitgtk:browserOptions": { binary, args: ["--automation"] },
      },
    };
    const started = await this.#ask("POST", "/session", { capabilities });
    this.#session = z.object({ sessionId: z.string() }).parse(started).sessionId;
  }

  async #ask(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<unknown> {
    const at = path === "/session" ? path : `/session/${this.#session}${path}`;
    const response = await fetch(this.#base + at, { method, ...(body && { body: JSON.stringify(body) }) });
    const { value } = answer.parse(await response.json());
    const failed = failure.safeParse(value);
    if (!response.ok)
      throw new Error(failed.success ? `${failed.data.error}: ${failed.data.message}` : `${path} failed`);
    return value;
  }

  async visit(url: string): Promise<void> {
    await this.#ask("POST", "/url", { url });
  }

  async evaluate(script: string, ...args: unknown[]): Promise<unknown> {
    return this.#ask("POST", "/execute/sync", { script, args });
  }

  /** Waits for a visible element of that kind and accessible name. */
  async find(kind: "button" | "link" | "heading" | "field", name: string): Promise<string> {
    const selector = { button: "button", link: "a[href]", heading: "h1, h2", field: "input" }[kind];
    const script = `const [selector, name] = arguments;
      const root = document.querySelector("dialog[open]") ?? document;
      const called = (one) => (one.getAttribute("aria-label") ?? (one.labels ? one.labels[0]?.textContent : one.textContent) ?? one.textContent ?? "").trim();
      return [...root.querySelectorAll(selector)].find((one) => (called(one) === name || one.textContent.trim() === name) && one.getClientRects().length > 0) ?? null;`;
    const deadline = performance.now() + LONGEST_WAIT;
    while (performance.now() < deadline) {
      const found = element.safeParse(await this.evaluate(script, selector, name));
      if (found.success) return found.data[ELEMENT] ?? "";
      await setTimeout(100);
    }
    throw new Error(`There is no ${kind} "${name}". The page shows: ${await this.text()}`);
  }

  async press(name: string, kind: "button" | "link" = "button"): Promise<void> {
    await this.#ask("POST", `/element/${await this.find(kind, name)}/click`, {});
  }

  async type(label: string, text: string): Promise<void> {
    await this.#ask("POST", `/element/${await this.find("field", label)}/value`, { text });
  }

  async value(label: string): Promise<string> {
    return String(await this.#ask("GET", `/element/${await this.find("field", label)}/property/value`));
  }

  async text(): Promise<string> {
    return String(await this.evaluate("return document.body.textContent.replaceAll(/\\s+/g, ' ')"));
  }

  async close(): Promise<void> {
    if (this.#session !== "") await this.#ask("DELETE", "").catch(() => undefined);
    const { pid } = this.#process;
    if (pid === undefined || this.#process.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#process.once("exit", resolve));
    process.kill(-pid, "SIGTERM");
    await gone;
  }
}
