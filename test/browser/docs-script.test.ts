// A script that somebody has put into a docs page, in real Chromium, with all that a page can do and a reader signed in
// there and on the Worker's own page: requests with the reader's cookie, frames, windows, messages, what is stored. It
// reaches no credential, session, export or administrator's route, whichever site the docs are on.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { openBrowser } from "./chromium.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { ReaderPage } from "./reader-page.ts";

const PASSWORD = "correct horse battery";

let environment: Environment;
beforeAll(async () => {
  environment = await startEnvironment();
});
afterAll(() => environment?.stop());

/** What the script sends: every route that is only for the Worker's own pages. */
const OWN = OPERATIONS.filter(({ origin }) => origin === "own").map(({ method, path, exampleQuery, body }) => ({
  method,
  path: exampleQuery ? `${path}?${new URLSearchParams(exampleQuery)}` : path,
  body: body ? JSON.stringify(body.example) : undefined,
}));

const everything = () =>
  environment.sql(
    `select (select jsonb_agg(u order by u.id) from "user" u) as users,
       (select jsonb_agg(a order by a.id) from account a) as accounts,
       (select jsonb_agg(s.id order by s.id) from session s) as sessions,
       (select jsonb_agg(p order by p.id) from passkey p) as passkeys`,
  );

describe.each(["sameSite", "crossSite"] as const)("a script in docs on the origin %s", (which) => {
  test("reaches nothing of the reader's account, though they are an administrator and signed in on both pages", async ({
    onTestFinished,
  }) => {
    const browser = await openBrowser();
    onTestFinished(() => browser.close());
    const { worker } = environment;
    const email = `script-${which.toLowerCase()}@example.test`;
    const reader = await ReaderPage.open(browser.context, environment.docs[which], worker);
    const { page } = reader;
    await reader.visit();
    await reader.signUpOnly({ email, password: PASSWORD });
    await environment.sql(`update "user" set role = 'admin', email_verified = true where email = $1`, [email]);
    // On the Worker's own page as well, and there a moment ago.
    const own = await browser.context.newPage();
    await own.goto(`${worker}/account`);
    const address = own.getByLabel("E-mail address", { exact: true });
    const profile = own.getByRole("heading", { level: 1, name: "Profile", exact: true });
    // Cookies belong to a site, so docs on the Worker's have signed them in here as well.
    if (which === "crossSite") {
      await address.fill(email);
      await own.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await own.getByRole("button", { name: "Sign in", exact: true }).click();
    }
    await profile.waitFor();
    const before = await everything();

    // As a JSON request, which is asked about first; as one that is not asked about; and without looking at the answer.
    const read = await page.evaluate(
      async ({ base, routes }) => {
        const got: string[] = [];
        for (const { method, path, body } of routes) {
          const ways: RequestInit[] = [
            { headers: body ? { "content-type": "application/json" } : {} },
            { headers: { "content-type": "text/plain" } },
            { mode: "no-cors" },
          ];
          for (const way of ways) {
            const answer = await fetch(base + path, {
              method: way.mode === "no-cors" && method !== "GET" ? "POST" : method,
              credentials: "include",
              ...(body && method !== "GET" && { body }),
              ...way,
            }).catch(() => undefined);
            // 0: a script is told nothing of it. 404: no provider is switched on here.
            if (answer && answer.status !== 0 && ![403, 404, 415].includes(answer.status)) {
              got.push(`${method} ${path} ${answer.status}`);
            }
          }
        }
        return got;
      },
      { base: worker, routes: OWN },
    );
    expect(OWN.length).toBeGreaterThan(30);
    expect(read).toEqual([]);

    // A form that the browser sends by itself, into a frame.
    await page.evaluate(
      async ({ base, routes }) => {
        for (const { path, body } of routes) {
          const frame = document.createElement("iframe");
          frame.name = "target";
          const form = document.createElement("form");
          form.method = "post";
          form.enctype = "text/plain";
          form.target = "target";
          form.action = base + path;
          const input = document.createElement("input");
          input.name = body.slice(0, -1);
          input.value = "}";
          form.append(input);
          document.body.append(frame, form);
          const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
          form.submit();
          await loaded;
          frame.remove();
          form.remove();
        }
      },
      {
        base: worker,
        routes: OWN.flatMap(({ method, path, body }) => (method === "POST" && body ? [{ path, body }] : [])),
      },
    );
    expect(await everything()).toEqual(before);

    // The account page: in a frame, and in a window whose opener is the script.
    await page.evaluate(async (base) => {
      const frame = document.createElement("iframe");
      frame.src = `${base}/account`;
      const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
      document.body.append(frame);
      await loaded;
    }, worker);
    const frames = page.frames().filter((one) => one !== page.mainFrame());
    expect(frames).toHaveLength(1);
    for (const frame of frames) expect(await frame.locator("account-page").count()).toBe(0);
    const opened = await page.evaluateHandle((base) => window.open(`${base}/account#data`, "account"), worker);
    const popup = browser.context.pages().at(-1) ?? (await browser.context.waitForEvent("page"));
    await popup.locator("h1").waitFor();
    expect(await popup.evaluate(() => window.opener)).toBeNull();
    const told = await page.evaluateHandle((target) => {
      const got: unknown[] = [];
      addEventListener("message", (event) => got.push(event.data));
      for (const one of [document.querySelector("iframe")?.contentWindow, target]) {
        for (const message of ["session", { type: "export" }, { type: "get-session", token: true }]) {
          one?.postMessage(message, "*");
        }
      }
      return got;
    }, opened);
    // Both have had their turn before the script looks.
    await popup.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    const seen = await page.evaluate(
      ([got, target]) => {
        const look = (one: Window | null | undefined) => {
          try {
            return one?.document?.body?.textContent ?? "";
          } catch {
            return "";
          }
        };
        return {
          told: got,
          framed: look(document.querySelector("iframe")?.contentWindow),
          opened: look(target),
          severed: target === null || target.closed,
          stored: JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
          cookies: document.cookie,
        };
      },
      [told, opened] as const,
    );
    expect(seen).toMatchObject({ told: [], framed: "", opened: "", severed: true, cookies: "" });

    const tokens = (
      await environment.sql(`select s.token from session s join "user" u on u.id = s.user_id where u.email = $1`, [
        email,
      ])
    ).map(({ token }) => String(token));
    expect(tokens.length).toBeGreaterThan(0);
    for (const token of tokens) expect(`${seen.stored} ${reader.bodies.join()}`).not.toContain(token);
    expect(seen.stored).not.toMatch(/bearer|password|secret/i);
  });
});
