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

export interface BrowserOptions
  extends Pick<BrowserContextOptions, "viewport" | "colorScheme" | "deviceScaleFactor" | "proxy"> {
  /** Which cookies the reader's settings refuse: those of other sites unless said otherwise. */
  blocked?: "third-party" | "none" | "all";
}

/** A browser of one reader, with a profile that is thrown away. */
export async function openBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const { blocked = "third-party", ...contextOptions } = options;
  const executablePath = findChromium();
  const profile = await mkdtemp(join(tmpdir(), "docent-profile-"));
  await mkdir(join(profile, "Default"));
  // The reader's own settings. cookie_controls_mode 1 blocks third-party cookies, 0 does not; a content setting of 2
  // blocks all cookies and every other storage.
  const preferences = {
    profile: {
      cookie_controls_mode: blocked === "none" ? 0 : 1,
      default_content_setting_values: blocked === "all" ? { cookies: 2 } : {},
    },
  };
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
