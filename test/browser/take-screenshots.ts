// Takes the pictures of the README and the docs anew, from the real thing: node test/browser/take-screenshots.ts
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openBrowser } from "./chromium.ts";
import { startEnvironment } from "./environment.ts";
import { ReaderPage } from "./reader-page.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "docs", "images");
const LEVEL = "How familiar are you with the subject?";
const SYSTEM = "Which operating system do you work on?";
const LANGUAGES = "Which programming languages do you use?";
const TOOLS = "Which tools do you already work with?";
const BEGINNER = { [LEVEL]: ["I am new to it"], [SYSTEM]: ["Linux"], [LANGUAGES]: ["Python"] };
const EXPERT = {
  [LEVEL]: ["I work with it"],
  [SYSTEM]: ["macOS"],
  [LANGUAGES]: ["C++"],
  [TOOLS]: ["Docker", "VS Code"],
};

const environment = await startEnvironment();
let count = 0;

interface Scene {
  width: number;
  height: number;
  dark?: boolean;
}

/** One reader with a browser of their own, a picture of what they see at the end. */
async function scene({ width, height, dark }: Scene, play: (reader: ReaderPage) => Promise<void>): Promise<Buffer> {
  const browser = await openBrowser({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    deviceScaleFactor: 1.5,
  });
  try {
    const reader = await ReaderPage.open(browser.context, environment.docs.crossSite, environment.worker);
    await reader.visit();
    await play(reader);
    return await reader.page.screenshot({ animations: "disabled" });
  } finally {
    await browser.close();
  }
}

async function signUp(reader: ReaderPage): Promise<void> {
  count += 1;
  await reader.signUp({ email: `reader${count}@example.com`, password: "correct horse battery" });
}

/** A reader who has answered, in front of their list, with the focus nowhere in the picture. */
const recommended = (answers: Record<string, string[]>) => async (reader: ReaderPage) => {
  await signUp(reader);
  await reader.answer(answers);
  await reader.page.reload();
  await reader.recommendations();
};

/** Several pictures beside each other as one. */
async function sideBySide(pictures: { title: string; png: Buffer }[], width: number): Promise<Buffer> {
  const browser = await openBrowser({ viewport: { width, height: 100 }, deviceScaleFactor: 1.5 });
  try {
    const page = await browser.context.newPage();
    const figures = pictures.map(
      ({ title, png }) =>
        `<figure><figcaption>${title}</figcaption><img src="data:image/png;base64,${png.toString("base64")}"></figure>`,
    );
    await page.setContent(`<style>
      body { margin: 0; display: flex; gap: 16px; padding: 16px; background: #e9e7e1; font: 600 17px system-ui, sans-serif; }
      figure { flex: 1; margin: 0; } figcaption { padding: 0 0 10px; color: #1d2429; }
      img { display: block; width: 100%; border-radius: 8px; border: 1px solid #cfcabd; }
    </style>${figures.join("")}`);
    return await page.screenshot({ fullPage: true });
  } finally {
    await browser.close();
  }
}

try {
  await mkdir(FOLDER, { recursive: true });
  const save = async (name: string, png: Buffer) => {
    await writeFile(join(FOLDER, `${name}.png`), png);
    console.log(`docs/images/${name}.png  ${Math.round(png.byteLength / 1024)} KB`);
  };
  const desktop = { width: 1200, height: 800 };
  const phone = { width: 390, height: 844, dark: true };
  const half = { width: 640, height: 860 };

  await save("recommendations", await scene(desktop, recommended(BEGINNER)));
  await save("recommendations-phone-dark", await scene(phone, recommended(EXPERT)));
  await save(
    "sign-up",
    await scene(desktop, async (reader) => {
      await reader.openSignUp();
      await reader.dialog().getByLabel("E-mail address").fill("ada@example.com");
    }),
  );
  await save("questionnaire", await scene(desktop, signUp));
  await save(
    "account-menu",
    await scene({ width: 640, height: 400 }, async (reader) => {
      await recommended(BEGINNER)(reader);
      await reader.accountButton().click();
      await reader.page.getByText("Signed in as").waitFor();
    }),
  );
  await save(
    "without-an-account",
    await scene({ width: 1000, height: 620 }, async (reader) => {
      await reader.visit("/perception/camera-calibration.html");
      await reader.pageButton("Save this page").click();
      await reader.pageButton("Saved").waitFor();
      await reader.visit("/");
      await reader.recommendations();
      await reader.guestButton().click();
    }),
  );
  await save(
    "end-of-a-page",
    await scene({ width: 1000, height: 520 }, async (reader) => {
      await reader.visit("/control-and-planning/pid-control.html");
      await reader.pageButton("Save this page").click();
      await reader.pageButton("Too hard").click();
      await reader.page.getByText("Noted: too hard").waitFor();
      await reader.page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
      await reader.page.locator("docent-page").evaluate((page) => page.scrollIntoView({ block: "center" }));
    }),
  );
  await save(
    "sign-out",
    await scene({ width: 800, height: 460 }, async (reader) => {
      await signUp(reader);
      await reader.dialog().getByRole("button", { name: "Skip all" }).click();
      await reader.askToSignOut();
    }),
  );
  await save(
    "two-readers",
    await sideBySide(
      [
        { title: "New to it, on Linux, Python", png: await scene(half, recommended(BEGINNER)) },
        { title: "Works with it, on a Mac, C++ and Docker", png: await scene(half, recommended(EXPERT)) },
      ],
      1328,
    ),
  );
} finally {
  await environment.stop();
}
