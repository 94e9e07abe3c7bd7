// Takes the pictures of the README and the docs anew, from the real thing:
// node test/browser/take-screenshots.ts [name …]. Needs a font that has Urdu (Debian: fonts-hosny-amiri).
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { locale as urdu } from "../../web/locales/ur.ts";
import { AccountReader } from "./account-reader.ts";
import { openBrowser } from "./chromium.ts";
import { startEnvironment } from "./environment.ts";
import { ReaderPage } from "./reader-page.ts";
import { installClock, readTo } from "./reading-clock.ts";

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

/** Names of pictures; all of them if none is given. */
const wanted = process.argv.slice(2);

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

/** The same on the Worker's own page. */
async function account(
  { width, height, dark }: Scene,
  play: (reader: AccountReader) => Promise<void>,
): Promise<Buffer> {
  const browser = await openBrowser({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    deviceScaleFactor: 1.5,
  });
  try {
    const reader = new AccountReader(await browser.context.newPage(), environment.worker);
    await play(reader);
    await reader.page.waitForLoadState("networkidle");
    await reader.page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
    return await reader.page.screenshot({ animations: "disabled" });
  } finally {
    await browser.close();
  }
}

/** Somebody who has been here before, with an address that is proved. */
const inAccount =
  (fragment: string, query = "") =>
  async (reader: AccountReader) => {
    count += 1;
    const email = `ada${count}@example.com`;
    await reader.signUp(email);
    await environment.sql(`update "user" set email_verified = true, name = 'Ada Lovelace' where email = $1`, [email]);
    await reader.signOut();
    await reader.fillSignIn(email);
    await reader.heading("Profile").waitFor();
    await reader.visit(fragment, query);
  };

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
  const save = async (name: string, take: () => Promise<Buffer>) => {
    if (wanted.length > 0 && !wanted.includes(name)) return;
    const picture = await take();
    // A palette is enough for a picture of text, and a third of the size.
    const png = await sharp(picture).png({ palette: true, quality: 90, effort: 10 }).toBuffer();
    await writeFile(join(FOLDER, `${name}.png`), png);
    console.log(`docs/images/${name}.png  ${Math.round(png.byteLength / 1024)} KB`);
  };
  const noFocus = (reader: ReaderPage) =>
    reader.page.evaluate(() => document.activeElement instanceof HTMLElement && document.activeElement.blur());
  const desktop = { width: 1200, height: 800 };
  const phone = { width: 390, height: 844, dark: true };
  const half = { width: 640, height: 860 };

  await save("first-visit", () => scene(desktop, (reader) => reader.signInButton().waitFor()));
  await save("sign-in", () =>
    scene({ width: 800, height: 640 }, async (reader) => {
      await reader.signInButton().click();
      await reader.fillIn({ email: "ada@example.com", password: "not my password" });
      await reader.dialog().getByRole("button", { name: "Sign in", exact: true }).click();
      await reader.dialog().getByText("is not right").waitFor();
    }),
  );
  await save("recommendations", () => scene(desktop, recommended(BEGINNER)));
  await save("recommendations-dark", () => scene({ ...desktop, dark: true }, recommended(EXPERT)));
  await save("recommendations-phone-dark", () => scene(phone, recommended(EXPERT)));
  await save("sign-up", () =>
    scene(desktop, async (reader) => {
      await reader.openSignUp();
      await reader.dialog().getByLabel("E-mail address").fill("ada@example.com");
    }),
  );
  await save("questionnaire", () => scene(desktop, signUp));
  await save("account-menu", () =>
    scene({ width: 640, height: 400 }, async (reader) => {
      await recommended(BEGINNER)(reader);
      await reader.accountButton().click();
      await reader.page.getByText("Signed in as").waitFor();
    }),
  );
  await save("without-an-account", () =>
    scene({ width: 1000, height: 620 }, async (reader) => {
      await reader.visit("/perception/camera-calibration.html");
      await reader.pageButton("Save this page").click();
      await reader.pageButton("Saved").waitFor();
      await reader.visit("/");
      await reader.recommendations();
      await reader.guestButton().click();
    }),
  );
  await save("end-of-a-page", () =>
    scene({ width: 1000, height: 520 }, async (reader) => {
      await reader.visit("/control-and-planning/pid-control.html");
      await reader.pageButton("Save this page").click();
      await reader.pageButton("Too hard").click();
      await reader.page.getByText("Noted: too hard").waitFor();
      await noFocus(reader);
      await reader.page.locator("docent-page").evaluate((page) => page.scrollIntoView({ block: "center" }));
    }),
  );
  await save("sign-out", () =>
    scene({ width: 800, height: 460 }, async (reader) => {
      await signUp(reader);
      await reader.dialog().getByRole("button", { name: "Skip all" }).click();
      await reader.askToSignOut();
    }),
  );
  const below = (reader: ReaderPage, selector: string) =>
    reader.page
      .locator(selector)
      .first()
      .evaluate((one) => scrollTo(0, one.getBoundingClientRect().top + scrollY - 90));
  await save("passages", () =>
    scene({ width: 1000, height: 700 }, async (reader) => {
      await recommended(EXPERT)(reader);
      await reader.visit("/ros-2-foundations/install-ros-2.html");
      await reader.page.getByText("Shown for macOS").waitFor();
    }),
  );
  await save("tabs", () =>
    scene({ width: 1000, height: 520 }, async (reader) => {
      await recommended(EXPERT)(reader);
      await reader.visit("/ros-2-foundations/sense-decide-act.html");
      await reader.page.locator("details[open] summary", { hasText: "macOS" }).waitFor();
      await below(reader, "[data-docent-tabs]");
    }),
  );
  await save("urdu", () =>
    scene(desktop, async (reader) => {
      await recommended(BEGINNER)(reader);
      await reader.visit("/ur/");
      await reader.recommendations(urdu.widget.recommended);
    }),
  );
  await save("unreachable", () =>
    scene({ width: 1000, height: 620 }, async (reader) => {
      await recommended(BEGINNER)(reader);
      await reader.newVisit();
      await reader.page.route(`${environment.worker}/api/**`, (route) => route.abort("connectionrefused"));
      await reader.visit();
      await reader.page.getByText("not available right now").waitFor();
      await reader.accountButton().click();
      await reader.page.getByText("cannot be reached right now").waitFor();
    }),
  );
  await save("begun-and-saved", () =>
    scene({ width: 1200, height: 700 }, async (reader) => {
      await installClock(reader.page);
      await reader.visit("/control-and-planning/pid-control.html");
      await reader.pageButton("Save this page").click();
      await reader.pageButton("Saved").waitFor();
      await readTo(reader.page, 1);
      await reader.visit("/control-and-planning/inverse-kinematics.html");
      await readTo(reader.page, 0.5);
      await reader.page.evaluate(() => scrollTo(0, 0));
      await reader.page.locator("nav docent-mark").first().waitFor({ state: "attached" });
    }),
  );
  const page = { width: 1000, height: 760 };
  const small = { width: 390, height: 844 };
  await save("account-sign-in", () => account({ width: 800, height: 840 }, (reader) => reader.visit("#sign-in")));
  await save("account-profile", () => account(page, inAccount("#profile")));
  await save("account-security", () =>
    account({ width: 1000, height: 1640 }, async (reader) => {
      const client = await reader.page.context().newCDPSession(reader.page);
      await client.send("WebAuthn.enable");
      const options = {
        protocol: "ctap2",
        transport: "internal",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      } as const;
      await client.send("WebAuthn.addVirtualAuthenticator", { options });
      await inAccount("#security")(reader);
      await reader.button("Add a passkey").click();
      await reader.page.getByText("The passkey is added.").waitFor();
      await reader.button("Set up").click();
      await reader.page.getByRole("img", { name: "QR code for your authenticator app" }).waitFor();
      await reader.page.evaluate(() => scrollTo(0, 0));
    }),
  );
  await save("account-sessions-dark", () => account({ ...page, dark: true }, inAccount("#sessions")));
  await save("account-activity", () => account(page, inAccount("#activity")));
  await save("account-data-phone-dark", () => account({ ...small, dark: true }, inAccount("#data")));
  await save("account-urdu-phone", () => account(small, inAccount("#security", "?lang=ur")));
  await save("account-admin-dark", () =>
    account({ ...page, dark: true }, async (reader) => {
      await inAccount("#profile")(reader);
      await environment.sql(`update "user" set role = 'admin' where email = $1`, [`ada${count}@example.com`]);
      await reader.signOut();
      await reader.fillSignIn(`ada${count}@example.com`);
      await reader.heading("Profile").waitFor();
      await reader.section("Administration");
    }),
  );
  await save("two-readers", async () =>
    sideBySide(
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
