// Who has an account is not to be learned from a mail, a reset or a sign-in by link: the same words, status, headers and
// work for an address that somebody has and for one that nobody has.
import { describe, expect, it } from "vitest";
import { ACCOUNT_LIMITS } from "../../src/core/limits.ts";
import { Browser } from "../harness/browser.ts";
import { TestDatabase } from "../harness/database.ts";
import { Isolate } from "../harness/isolate.ts";
import { insertSession } from "../harness/sessions.ts";

const database = await TestDatabase.create("enumeration");
const isolate = await Isolate.create({ database });

let count = 0;
/** An address of each kind that there is. */
const WHO: Record<string, () => Promise<string>> = {
  "nobody's": async () => `nobody-${count}@example.test`,
  "a reader's": () => reader(""),
  "a proved reader's": () => reader("email_verified = true"),
  "a banned reader's": () => reader("banned = true"),
  "an inactive reader's": () => reader("is_active = false"),
  "that of a reader with a second factor": () => reader("email_verified = true, two_factor_enabled = true"),
};

async function reader(set: string): Promise<string> {
  count += 1;
  const email = `reader-${count}@example.test`;
  const { userId } = await insertSession(database, { email });
  if (set) await database.query(`update "user" set ${set} where id = $1`, [userId]);
  return email;
}

const ASKS: [route: string, body: object][] = [
  ["/api/auth/send-verification-email", {}],
  ["/api/auth/sign-in/magic-link", {}],
  ["/api/auth/request-password-reset", {}],
];

describe.each(ASKS)("%s", (path, beside) => {
  it("answers the same and does the same, whosever the address is", async () => {
    const seen = new Map<string, unknown>();
    for (const [who, address] of Object.entries(WHO)) {
      count += 1;
      const email = await address();
      await isolate.settle();
      const { mark } = await database.requests();
      const answer = await new Browser(isolate).post(path, { email, ...beside });
      // What the answer waited for; a mail goes out after it.
      const { requests } = await database.requests(mark);
      const headers = [...answer.headers].filter(([name]) => name !== "x-request-id");
      const statements = requests.map(({ statements: all }) => all.map(({ text }) => text));
      seen.set(who, { status: answer.status, body: answer.body, headers, cookies: answer.setCookies, statements });
    }
    const [first, ...others] = seen.values();
    expect(first).toMatchObject({ status: 200, body: { status: true }, cookies: [] });
    expect((first as { statements: unknown[] }).statements).toHaveLength(1);
    for (const other of others) expect(other).toEqual(first);
  });

  it("stops at the same number of mails for an address nobody has as for a reader's", async () => {
    const statuses: number[][] = [];
    for (const who of ["nobody's", "a reader's"] as const) {
      const email = `limited-${path.length}-${await WHO[who]?.()}`;
      if (who === "a reader's") await insertSession(database, { email });
      const answers = [];
      for (let times = 0; times < 7; times += 1) answers.push(await new Browser(isolate).post(path, { email }));
      statuses.push(answers.map(({ status }) => status));
      expect(answers.at(-1)?.headers.get("retry-after")).toBe("3600");
    }
    expect(statuses[0]).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(statuses[1]).toEqual(statuses[0]);
  });

  it("mails no more than that, however many ask at once", async () => {
    const email = await reader("");
    await isolate.settle();
    isolate.sent.length = 0;
    const ask = () => new Browser(isolate).post(path, { email, ...beside });
    const answers = await Promise.all(Array.from({ length: 12 }, ask));
    await isolate.settle();
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(ACCOUNT_LIMITS.mail.count);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(12 - ACCOUNT_LIMITS.mail.count);
    expect(isolate.sent).toHaveLength(ACCOUNT_LIMITS.mail.count);
    // What was mailed is good: whoever asks again and again for somebody else's address keeps nobody out.
    const links = await database.query(
      `select v.id from verification v join "user" u on u.id = v.user_id where u.email = $1`,
      [email],
    );
    expect(links).toHaveLength(ACCOUNT_LIMITS.mail.count);
  });
});
