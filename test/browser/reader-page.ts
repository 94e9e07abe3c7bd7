// A reader in front of the demo docs: what they click and type, and what they see. Finds everything as a reader does,
// by role and name, so that a missing label fails a test.

import type { BrowserContext, Locator, Page, Request } from "playwright-core";

export interface Credentials {
  email: string;
  password: string;
}

/** One line of the list, as it is read. */
export interface SeenRecommendation {
  title: string;
  href: string;
  reasons: string[];
}

export class ReaderPage {
  readonly page: Page;
  readonly docs: string;
  /** Requests to the Worker since `forget`, static files included. */
  #requests: Request[] = [];
  /** Every body the Worker answered with. */
  readonly bodies: string[] = [];
  /** Exceptions, and what the page's strict security policy refused. */
  readonly complaints: string[] = [];

  private constructor(page: Page, docs: string, worker: string) {
    this.page = page;
    this.docs = docs;
    page.on("request", (request) => {
      if (request.url().startsWith(worker)) this.#requests.push(request);
    });
    page.on("response", async (response) => {
      if (response.url().startsWith(worker)) this.bodies.push(await response.text().catch(() => ""));
    });
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      if (/Content.Security.Policy|TrustedTypes|violates/i.test(message.text())) this.complaints.push(message.text());
    });
  }

  static async open(context: BrowserContext, docs: string, worker: string): Promise<ReaderPage> {
    return new ReaderPage(await context.newPage(), docs, worker);
  }

  async visit(path = "/"): Promise<void> {
    await this.page.goto(this.docs + path);
  }

  /** The next page is the first of a visit, as in a tab that was just opened. */
  async newVisit(): Promise<void> {
    // A page that is left writes down what was read on it, so the visit is forgotten where there is none.
    await this.visit("/course.svg");
    await this.page.evaluate(() => sessionStorage.clear());
  }

  forget(): void {
    this.#requests = [];
  }

  /** Like `GET /api/session`; preflights are the browser's own and not listed. */
  apiRequests(): string[] {
    return this.#requests
      .filter((request) => new URL(request.url()).pathname.startsWith("/api/") && request.method() !== "OPTIONS")
      .map((request) => `${request.method()} ${new URL(request.url()).pathname}`);
  }

  /** Paths of all requests to the Worker. */
  requestPaths(): string[] {
    return this.#requests.map((request) => new URL(request.url()).pathname);
  }

  signInButton(): Locator {
    return this.page.getByRole("banner").getByRole("button", { name: "Sign in", exact: true });
  }

  accountButton(): Locator {
    return this.page.getByRole("banner").getByRole("button", { name: "Account" });
  }

  dialog(): Locator {
    return this.page.getByRole("dialog");
  }

  async fillIn({ email, password }: Credentials): Promise<void> {
    await this.dialog().getByLabel("E-mail address").fill(email);
    await this.dialog().getByLabel("Password", { exact: true }).fill(password);
  }

  async openSignUp(): Promise<void> {
    await this.signInButton().click();
    await this.dialog().getByRole("button", { name: "Create an account" }).click();
  }

  async signUp(credentials: Credentials): Promise<void> {
    await this.openSignUp();
    await this.fillIn(credentials);
    await this.dialog().getByRole("button", { name: "Create account" }).click();
    await this.dialog().getByRole("group").first().waitFor();
  }

  /** A new account, all questions skipped. */
  async signUpOnly(credentials: Credentials): Promise<void> {
    await this.signUp(credentials);
    await this.dialog().getByRole("button", { name: "Skip all" }).click();
    await this.dialog().waitFor({ state: "hidden" });
    await this.accountButton().waitFor();
  }

  async signIn(credentials: Credentials): Promise<void> {
    await this.signInButton().click();
    await this.fillIn(credentials);
    await this.dialog().getByRole("button", { name: "Sign in", exact: true }).click();
    await this.accountButton().waitFor();
  }

  /** Chooses options by their labels, question by question, and saves. */
  async answer(answers: Readonly<Record<string, readonly string[]>>): Promise<void> {
    for (const [question, labels] of Object.entries(answers)) {
      const group = this.dialog().getByRole("group", { name: question });
      for (const label of labels) await group.getByLabel(label, { exact: true }).check();
    }
    const ranked = this.page.waitForResponse((response) => response.url().includes("/api/recommendations"));
    await this.dialog().getByRole("button", { name: "Save answers" }).click();
    await this.dialog().waitFor({ state: "hidden" });
    await (await ranked).finished();
  }

  /** The labels that are chosen in the open questionnaire, "No answer" left out. */
  async chosen(): Promise<string[]> {
    await this.dialog().getByRole("group").first().waitFor();
    const labels = await this.dialog().locator("label:has(:checked)").allInnerTexts();
    return labels.map((label) => label.trim()).filter((label) => label !== "No answer");
  }

  async openAnswers(): Promise<void> {
    await this.accountButton().click();
    await this.page.getByRole("button", { name: "Your answers", exact: true }).click();
  }

  /** Leaves nothing on the device. */
  async signOut(): Promise<void> {
    await this.askToSignOut();
    await this.dialog().getByLabel("Nothing").check();
    await this.dialog().getByRole("button", { name: "Sign out" }).click();
    await this.signInButton().waitFor();
  }

  async askToSignOut(): Promise<void> {
    await this.accountButton().click();
    await this.page.getByRole("button", { name: "Sign out" }).click();
    await this.dialog().getByRole("heading", { name: "Sign out" }).waitFor();
  }

  /** The button of a reader who has acted and has no account. */
  guestButton(): Locator {
    return this.page.getByRole("banner").getByRole("button", { name: "Guest" });
  }

  /** A button at the end of the page. */
  pageButton(name: string): Locator {
    return this.page.locator("docent-page").getByRole("button", { name, exact: true });
  }

  /** The list as it is shown once it is there. */
  async recommendations(name = "Recommended for you"): Promise<SeenRecommendation[]> {
    const items = this.page.getByRole("region", { name }).getByRole("heading", { level: 3 });
    await items.first().waitFor();
    return this.page.locator("docent-recommendation-list ol > li").evaluateAll((rows) =>
      rows.map((row) => {
        const link = row.querySelector<HTMLAnchorElement>("h3 a");
        return {
          title: link?.textContent?.trim() ?? "",
          href: link?.href ?? "",
          reasons: [...row.querySelectorAll(".reasons li")].map((reason) => reason.textContent?.trim() ?? ""),
        };
      }),
    );
  }

  /** Everything that a script of the docs page can read. */
  async visibleToScripts(): Promise<string> {
    return this.page.evaluate(async () => {
      const databases = await indexedDB.databases();
      const caches_ = await caches.keys();
      return JSON.stringify({
        cookie: document.cookie,
        local: { ...localStorage },
        session: { ...sessionStorage },
        databases: databases.map((database) => database.name),
        caches: caches_,
        html: document.documentElement.outerHTML,
        url: location.href,
        history: history.state,
      });
    });
  }
}
