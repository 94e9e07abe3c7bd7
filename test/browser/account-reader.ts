// A reader in front of the hosted page, and the development environment with it. Finds everything as a reader does, by
// role and name, so that a missing label fails a test.
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { type Browser, type BrowserOptions, openBrowser } from "./chromium.ts";
import { type Environment, type EnvironmentOptions, startEnvironment } from "./environment.ts";

export const PASSWORD = "correct horse battery";

export class AccountReader {
  readonly page: Page;
  readonly worker: string;
  /** Exceptions, and what the page's strict security policy refused. */
  readonly complaints: string[] = [];
  /** Addresses that were asked for and are not the Worker's. */
  readonly elsewhere: string[] = [];

  constructor(page: Page, worker: string) {
    page.setDefaultTimeout(15_000);
    this.page = page;
    this.worker = worker;
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      if (/Content.Security.Policy|TrustedTypes|violates/i.test(message.text())) this.complaints.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(worker) && !request.url().startsWith("blob:")) this.elsewhere.push(request.url());
    });
  }

  async visit(fragment = "", query = ""): Promise<void> {
    // A fragment alone would load nothing.
    await this.page.goto("about:blank");
    await this.page.goto(`${this.worker}/account${query}${fragment}`);
    await this.page.locator("h1").waitFor();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  link(name: string): Locator {
    return this.page.getByRole("link", { name, exact: true });
  }

  field(name: string): Locator {
    return this.page.getByLabel(name, { exact: true });
  }

  heading(name: string): Locator {
    return this.page.getByRole("heading", { level: 1, name, exact: true });
  }

  async signUp(email: string, password = PASSWORD): Promise<void> {
    await this.visit("#sign-up");
    await this.field("E-mail address").fill(email);
    await this.field("Password").fill(password);
    await this.button("Create account").click();
    await this.heading("Profile").waitFor();
  }

  async fillSignIn(email: string, password = PASSWORD): Promise<void> {
    await this.field("E-mail address").fill(email);
    await this.field("Password").fill(password);
    await this.button("Sign in").click();
  }

  async signOut(): Promise<void> {
    await this.button("Sign out").click();
    await this.heading("Sign in").waitFor();
  }

  async section(name: string): Promise<void> {
    await this.page.getByRole("navigation", { name: "Parts of your account" }).getByRole("link", { name }).click();
    await this.heading(name).waitFor();
  }
}

/** The address counts as proved, without a mail. */
export const verifyAddress = (email: string) =>
  environment.sql('update "user" set email_verified = true where email = $1', [email]);

/** The link in the newest mail to an address whose subject says so. */
export async function linkIn(to: string, subject: RegExp): Promise<string> {
  let found: string | undefined;
  await expect
    .poll(async () => {
      const mail = (await environment.mails(to)).find((one) => subject.test(one.subject));
      found = /https?:\/\/\S+\/account#\S+/.exec(mail?.text ?? "")?.[0];
      return found;
    })
    .toBeDefined();
  return found ?? "";
}

/** There once `useAccount` was called, in tests and their hooks. */
export let environment: Environment;
export let reader: AccountReader;
let browser: Browser | undefined;

let count = 0;
/** An address that nobody has. */
export const newEmail = (): string => {
  count += 1;
  return `account-${Date.now().toString(36)}-${count}@example.test`;
};

/** A second browser of the same reader; closed with the first. */
export async function anotherBrowser(options?: BrowserOptions): Promise<AccountReader> {
  const other = await openBrowser(options);
  others.push(other);
  return new AccountReader(await other.context.newPage(), environment.worker);
}
const others: Browser[] = [];

/**
 * Call once at the top of a test file. Every fault is taken back after each test, and a test fails if the page
 * complained, or asked anybody but the Worker for anything.
 */
export function useAccount(options?: BrowserOptions, worker?: EnvironmentOptions): void {
  beforeAll(async () => {
    environment = await startEnvironment(worker);
  });
  afterAll(() => environment?.stop());
  beforeEach(async () => {
    browser = await openBrowser(options);
    reader = new AccountReader(await browser.context.newPage(), environment.worker);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") console.error(await environment.report());
    environment.database.faults.clear();
    for (const one of [browser, ...others.splice(0)]) await one?.close();
    expect(reader.complaints).toEqual([]);
    expect(reader.elsewhere).toEqual([]);
  });
}
