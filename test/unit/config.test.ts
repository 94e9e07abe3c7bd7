// The configuration: every mistake is named by its path with a remedy, no secret is ever part of a message, and what
// belongs on a contributor's machine is refused anywhere else.
import { describe, expect, it } from "vitest";
import docentConfig from "../../docent.config.ts";
import { type Bindings, readableOrigins, readConfig } from "../../src/config.ts";

const HASH = "a".repeat(64);
/** Only its form is looked at; nothing is stored. */
const SESSIONS = { getWithMetadata() {} } as unknown as KVNamespace;

const DEPLOYED: Bindings = {
  SESSIONS,
  DATABASE_URL: "postgres://owner:pass-word@ep-1.neon.example/docent",
  BASE_URL: "https://auth.example.com",
  AUTH_SECRET: "Zm9yIHRoZSBjb25maWd1cmF0aW9uJ3MgdGVzdHM=",
};
const LOCAL: Bindings = {
  ...DEPLOYED,
  BASE_URL: "http://localhost:8787",
  AUTH_SECRET: "development-0123456789abcdefghijkl",
  DATABASE_ENDPOINT: "http://localhost:5488/sql",
  MAIL_TRANSPORT: "mailbox",
  MAILBOX_URL: "http://localhost:8025/messages",
  DEV_DOCS_ORIGINS: '{"docs":["http://localhost:4400"]}',
};
const SITE = { id: "docs", name: "Docs", origins: ["https://docs.example.com"] };
const FILE = { sites: [SITE] };

function mistakes(bindings: Record<string, unknown>, file: unknown = FILE, base: Bindings = DEPLOYED) {
  const read = readConfig({ ...base, ...bindings }, file);
  return "mistakes" in read ? read.mistakes : [];
}

const site = (origin: string) => ({ sites: [{ ...SITE, origins: [origin] }] });

describe("readConfig", () => {
  it.each<[string, string, Record<string, unknown>, RegExp]>([
    ["cloudflare", "EMAIL", {}, /\[\[send_email\]\]/],
    ["resend", "RESEND_API_KEY", {}, /wrangler secret put RESEND_API_KEY/],
    ["postmark", "POSTMARK_TOKEN", {}, /wrangler secret put POSTMARK_TOKEN/],
    ["cloudflare", "MAIL_FROM", { EMAIL: { send() {} } }, /docs@example\.com/],
    ["resend", "MAIL_FROM", { RESEND_API_KEY: "key" }, /docs@example\.com/],
    ["postmark", "MAIL_FROM", { POSTMARK_TOKEN: "token" }, /docs@example\.com/],
  ])("says of mail by %s that %s is missing", (transport, path, given, message) => {
    const found = mistakes({ MAIL_TRANSPORT: transport, ...given }).find((one) => one.path === path);
    expect(found?.message).toMatch(message);
  });

  it("says that addresses cannot be proved where no mail is sent", () => {
    const file = { ...FILE, accounts: { verifyAddress: true } };
    expect(mistakes({}, file)).toMatchObject([
      { path: "docent.config.ts: accounts.verifyAddress", message: expect.stringMatching(/MAIL_TRANSPORT/) as string },
    ]);
    expect(mistakes({ MAIL_TRANSPORT: "resend", RESEND_API_KEY: "key", MAIL_FROM: "a@b.test" }, file)).toEqual([]);
  });

  it.each<[string, object]>([
    ["docs@example.com", { name: "", email: "docs@example.com" }],
    ["Docs <docs@example.com>", { name: "Docs", email: "docs@example.com" }],
    ['"Docs, all" <docs@example.com>', { name: "Docs, all", email: "docs@example.com" }],
  ])("reads the sender %s", (MAIL_FROM, from) => {
    const read = readConfig({ ...DEPLOYED, MAIL_TRANSPORT: "resend", RESEND_API_KEY: "key", MAIL_FROM }, FILE);
    expect(read).toMatchObject({ config: { mail: { transport: "resend", key: "key", from } } });
  });

  it("accepts a deployment, a contributor's machine, and the file of this repository", () => {
    expect(mistakes({})).toEqual([]);
    expect(mistakes({}, FILE, LOCAL)).toEqual([]);
    expect(mistakes({ DEV_DOCS_ORIGINS: undefined }, docentConfig, LOCAL)).toEqual([]);
  });

  it("replaces the docs' origins on a contributor's machine", () => {
    const read = readConfig(LOCAL, FILE);
    expect("config" in read && [...read.config.docsOrigins]).toEqual(["http://localhost:4400"]);
  });

  it.each<[string, unknown, RegExp]>([
    ["SESSIONS", undefined, /bind a Workers KV namespace/],
    ["SESSIONS", "a string", /bind a Workers KV namespace/],
    ["DATABASE_URL", undefined, /wrangler secret put DATABASE_URL/],
    ["DATABASE_URL", "", /is empty.*wrangler secret put DATABASE_URL/],
    ["DATABASE_URL", "https://pass-word.example", /postgres:\/\//],
    ["DATABASE_URL", "postgres://", /postgres:\/\/user:password@host\/database/],
    ["DATABASE_URL", "postgres://owner:pass-word@ep-1.neon.example", /postgres:\/\/user:password@host\/database/],
    ["DATABASE_URL", "postgres://owner:pass-word#@ep-1.neon.example/db", /percent-encoded/],
    ["DATABASE_TIMEOUT_MS", "soon", /number/],
    ["DATABASE_TIMEOUT_MS", "1", /at least 50/],
    ["BASE_URL", undefined, /https:\/\/auth\.example\.com/],
    ["BASE_URL", "https://auth.example.com/", /no trailing "\/"/],
    ["BASE_URL", "https://auth.example.com/app", /no path/],
    ["BASE_URL", "https://AUTH.example.com", /origin/],
    ["BASE_URL", "auth.example.com", /origin/],
    ["BASE_URL", "http://auth.example.com", /https/],
    ["BASE_URL", "http://localhost.evil.example", /https/],
    ["AUTH_SECRET", undefined, /openssl rand -base64 32/],
    ["AUTH_SECRET", "pass-word", /at least 32 characters/],
    ["AUTH_SECRET", `development-${"pass-word".repeat(4)}`, /development secret/],
    ["MAIL_TRANSPORT", "smtp", /"none", "mailbox", "cloudflare", "resend", "postmark"/],
    ["MAIL_FROM", "Docs", /docs@example\.com/],
    ["MAIL_FROM", "Docs <a@b.test>\r\nBcc: x@y.test", /no line break/],
    ["MAIL_FROM", "a@b.test, c@d.test", /docs@example\.com/],
    ["EMAIL", "a string", /send_email/],
    ["MAIL_TRANSPORT", "mailbox", /this machine only/],
    ["DATABASE_ENDPOINT", "http://localhost:5488/sql", /this machine only/],
    ["DATABASE_ENDPOINT", "nowhere", /URL/],
    ["DEV_DOCS_ORIGINS", '{"docs":["https://docs.example.com"]}', /this machine only/],
    ["DEV_DOCS_ORIGINS", "{", /JSON/],
    ["CATALOGUE_TOKEN_HASHES", "pass-word", /JSON/],
    ["CATALOGUE_TOKEN_HASHES", '["pass-word"]', /object|record/i],
    ["CATALOGUE_TOKEN_HASHES.docs", '{"docs":"pass-word"}', /SHA-256 in lower-case hex/],
    ["CATALOGUE_TOKEN_HASHES.docs", `{"docs":"${HASH.toUpperCase()}"}`, /SHA-256 in lower-case hex/],
    ["CATALOGUE_TOKEN_HASHES.other", `{"other":"${HASH}"}`, /no site of docent\.config\.ts/],
    ["CATALOGUE_TOKEN_HASHES", `{"docs":"${HASH}"`, /JSON/],
    ["READY_SECRET", "pass-word", /at least 16 characters/],
    ["SESSION_CACHE_SECONDS", "59", /at least 60/],
    ["SESSION_CACHE_SECONDS", "", /at least 60/],
    ["SESSION_CACHE_SECONDS", "3601", /at most 3600/],
    ["SESSION_CACHE_SECONDS", "1e999", /number|at most/],
    ["SESSION_OUTAGE_SECONDS", "-1", /at least 0/],
  ])("names %s when it is %j", (path, value, remedy) => {
    const found = mistakes({ [path.split(".")[0] ?? path]: value });
    expect(found).toEqual([{ path, message: expect.stringMatching(remedy) as string }]);
    expect(JSON.stringify(found)).not.toContain("pass-word");
  });

  it("names every mistake at once", () => {
    const found = mistakes({ BASE_URL: "", AUTH_SECRET: "" }, site("https://docs.example.com/"));
    expect(found.map(({ path }) => path)).toEqual(["BASE_URL", "AUTH_SECRET", "docent.config.ts: sites[0].origins[0]"]);
  });

  it.each([
    ["DATABASE_ENDPOINT", "http://192.0.2.1:5488/sql"],
    ["DATABASE_ENDPOINT", "http://localhost.evil.example/sql"],
    ["MAILBOX_URL", "http://mail.example/messages"],
    ["MAILBOX_URL", undefined],
    ["DEV_DOCS_ORIGINS.other", '{"other":["http://localhost:4400"]}'],
  ])("keeps a contributor's machine to itself: %s %s", (path, value) => {
    expect(mistakes({ [path.split(".")[0] ?? path]: value }, FILE, LOCAL).map((mistake) => mistake.path)).toEqual([
      path,
    ]);
  });

  it.each(["http://localhost:8787", "http://127.0.0.1:8787", "http://[::1]:8787"])("knows %s as loopback", (url) => {
    expect(mistakes({ BASE_URL: url }, FILE, LOCAL)).toEqual([]);
  });
});

describe("docent.config.ts", () => {
  it.each([
    "https://*.example.com",
    "*",
    "null",
    "https://docs.example.com/",
    "https://docs.example.com/guide",
    "https://DOCS.example.com",
    "HTTPS://docs.example.com",
    "https://docs.example.com:443",
    "http://docs.example.com:80",
    "https://user@docs.example.com",
    "https://docs.example.com?x",
    "https://docs.example.com#x",
    "https://bücher.example",
    "https://docs.example.com https://evil.example",
    "https://docs.example.com\n",
    "docs.example.com",
    "//docs.example.com",
    "ftp://docs.example.com",
    "https://",
    "https://docs.example.com:99999",
    "https://10.1",
    "",
  ])("refuses the origin %j", (origin) => {
    const [mistake, ...more] = mistakes({}, site(origin));
    expect([mistake?.path, more]).toEqual(["docent.config.ts: sites[0].origins[0]", []]);
    expect(mistake?.message).toMatch(/must be an exact origin/);
  });

  it.each([
    ["experienceLevel", "many"],
    ["programmingLanguages", "one"],
    ["hardwareSetup.operatingSystem", "many"],
  ])("refuses a question for %s that takes %s, whose answers could never be saved", (field, kind) => {
    const options = [
      { value: "a", label: "A" },
      { value: "b", label: "B" },
    ];
    const questionnaire = { version: "1", questions: [{ field, kind, label: "?", why: "!", options }] };
    expect(mistakes({}, { ...FILE, questionnaire })).toEqual([
      {
        path: "docent.config.ts: questionnaire.questions[0].kind",
        message: expect.stringMatching(/does not fit the field/) as string,
      },
    ]);
  });

  it.each(["http://docs.example.com", "https://localhost:4321"])("refuses %s in a deployment", (origin) => {
    const [mistake] = mistakes({}, site(origin));
    expect(mistake).toEqual({
      path: "docent.config.ts: sites[0].origins[0]",
      message: expect.stringMatching(/https/) as string,
    });
  });

  it.each<[string, unknown, string]>([
    ["nothing", null, ""],
    ["no site", { sites: [] }, "sites"],
    ["a misspelt field", { ...FILE, questionaire: {} }, "questionaire"],
    ["two sites of one id", { sites: [SITE, { ...SITE, origins: ["https://b.example"] }] }, "sites"],
    ["one origin at two sites", { sites: [SITE, { ...SITE, id: "b" }] }, "sites"],
    ["an id with a space", { sites: [{ ...SITE, id: "my docs" }] }, "sites[0].id"],
    ["a method that is no switch", { ...FILE, methods: { password: "yes" } }, "methods.password"],
    ["a weight out of bounds", { ...FILE, ranker: { weights: { level: 11 } } }, "ranker.weights.level"],
    ["an unknown weight", { ...FILE, ranker: { weights: { luck: 1 } } }, "ranker.weights.luck"],
    [
      "a question with an unknown field",
      {
        ...FILE,
        questionnaire: {
          version: "1",
          questions: [
            {
              field: "shoeSize",
              kind: "one",
              label: "?",
              why: "!",
              options: [
                { value: "a", label: "a" },
                { value: "b", label: "b" },
              ],
            },
          ],
        },
      },
      "questionnaire.questions[0].field",
    ],
  ])("names the place of %s", (_, file, path) => {
    const found = mistakes({}, file);
    expect(found).toEqual([{ path: `docent.config.ts: ${path}`, message: expect.stringMatching(/\w/) as string }]);
  });
});

describe("readableOrigins", () => {
  it("finds the well-formed origins of a file that is otherwise wrong", () => {
    const file = { sites: [{ origins: ["https://a.example", "https://b.example/", 7, null] }, null, { origins: "x" }] };
    expect([...readableOrigins(file)]).toEqual(["https://a.example"]);
  });
  it.each([undefined, null, 7, "text", [], {}, { sites: null }])("survives %j", (file) => {
    expect(readableOrigins(file).size).toBe(0);
  });
});
