// Real Chromium with a fresh profile, third-party cookies blocked as most readers have it.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";

const KNOWN = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** @throws with how to get one, when there is none. */
export function findChromium(env: Partial<Record<string, string>> = process.env): string {
  const named = env.CHROME_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`CHROME_PATH names ${named}, and there is no such file.`);
  }
  const found = KNOWN.find((path) => existsSync(path));
  if (found) return found;
  throw new Error(
    "The browser tests need Chromium or Chrome. Install one (Debian and Ubuntu: sudo apt install chromium; macOS: " +
      "brew install --cask google-chrome), or let Playwright fetch one (npx playwright-core install chromium) and name " +
      "it: CHROME_PATH=/path/to/chrome npm run test:browser",
  );
}

export interface Browser {
  context: BrowserContext;
  close(): Promise<void>;
}

export interface BrowserOptions extends Pick<BrowserContextOptions, "viewport" | "colorScheme" | "deviceScaleFactor"> {
  /** Only the test that proves the blocking sets this. */
  thirdPartyCookies?: "blocked" | "allowed";
}

/** A browser of one reader, with a profile that is thrown away. */
export async function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const { thirdPartyCookies = "blocked", ...contextOptions } = options;
  const executablePath = findChromium();
  const profile = await mkdtemp(join(tmpdir(), "docent-profile-"));
  await mkdir(join(profile, "Default"));
  // 1: third-party cookies are blocked; 0: they are not. The setting that a reader has in the browser's own settings.
  const preferences = { profile: { cookie_controls_mode: thirdPartyCookies === "blocked" ? 1 : 0 } };
  await writeFile(join(profile, "Default", "Preferences"), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: [
      "--disable-background-networking",
      "--disable-component-update",
      // Chromium refuses its sandbox to root, which is who tests run as in a container.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
    viewport: { width: 1280, height: 900 },
    ...contextOptions,
  });
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
