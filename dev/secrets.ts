// The secrets and variables of the Worker in development: made once, kept in `.docent/`, readable by their owner only.
// Every secret starts with `development-`, which the Worker refuses wherever it can be reached from outside.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";
import type { Ports } from "./ports.ts";
import type { StateFolder } from "./state-folder.ts";

/** The name at the endpoint of the database that `npm start` uses, whatever stands behind. */
export const DATABASE = "docent";

export interface WorkerVarsOptions {
  state: Pick<StateFolder, "workerVars" | "catalogueToken">;
  ports: Ports;
  /** The site of the demo docs. */
  site: string;
  /** At least 32 characters of URL-safe randomness. */
  randomText: () => string;
}

export interface WorkerVars {
  workerUrl: string;
  docsOrigins: [sameSite: string, crossSite: string];
  mailboxUrl: string;
  catalogueToken: string;
  readySecret: string;
}

/**
 * Writes `dev.vars`. Secrets, and whatever a contributor added or changed, stay; what follows from the ports is renewed.
 */
export function prepareWorkerVars({ state, ports, site, randomText }: WorkerVarsOptions): WorkerVars {
  const workerUrl = `http://localhost:${ports.worker}`;
  const docsOrigins: [string, string] = [`http://localhost:${ports.docs}`, `http://127.0.0.1:${ports.docsCrossSite}`];
  const mailboxUrl = `http://localhost:${ports.mailbox}`;
  const secret = () => `development-${randomText()}`;

  const catalogueToken = readOrMake(state.catalogueToken, secret);
  const kept = existsSync(state.workerVars) ? parseEnv(readFileSync(state.workerVars, "utf8")) : {};
  const readySecret = kept.READY_SECRET || secret();
  const vars = {
    MAIL_FROM: "Docent <docent@localhost>",
    ...kept,
    AUTH_SECRET: kept.AUTH_SECRET || secret(),
    READY_SECRET: readySecret,
    DATABASE_URL: `postgres://docent:docent@localhost/${DATABASE}`,
    DATABASE_ENDPOINT: `http://localhost:${ports.database}/sql`,
    BASE_URL: workerUrl,
    MAIL_TRANSPORT: "mailbox",
    MAILBOX_URL: `${mailboxUrl}/messages`,
    CATALOGUE_TOKEN_HASHES: JSON.stringify({ [site]: sha256(catalogueToken) }),
    DEV_DOCS_ORIGINS: JSON.stringify({ [site]: docsOrigins }),
  };
  const lines = Object.entries(vars).map(([name, value]) => `${name}='${value}'`);
  writePrivately(
    state.workerVars,
    `# Made by \`npm start\` for this machine only; \`npm run reset\` removes it.\n${lines.join("\n")}\n`,
  );
  return { workerUrl, docsOrigins, mailboxUrl, catalogueToken, readySecret };
}

function readOrMake(file: string, make: () => string): string {
  const found = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  if (found !== "") return found;
  const made = make();
  writePrivately(file, `${made}\n`);
  return made;
}

/** Whole or not at all: a half-written file would lose the secret that sessions are signed with. */
function writePrivately(file: string, text: string): void {
  const draft = `${file}.draft`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, file);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
