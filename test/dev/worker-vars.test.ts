// The secrets of development are made once, are private, and can be told from real ones.
import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { prepareWorkerVars } from "../../dev/secrets.ts";
import { makeStateFolder, type StateFolder, stateFolder } from "../../dev/state-folder.ts";
import { scratchFolder } from "./scratch-folder.ts";

const ports = { worker: 8787, docs: 4321, docsCrossSite: 4322, mailbox: 8025, database: 5488 };

function folder(): StateFolder {
  const state = stateFolder(scratchFolder());
  makeStateFolder(state);
  return state;
}

/** Each call is another secret of the length that real ones have. */
function counter() {
  let count = 0;
  return () => {
    count += 1;
    return String(count).padStart(32, "x");
  };
}

const read = (state: StateFolder) => parseEnv(readFileSync(state.workerVars, "utf8"));

test("a second start keeps every secret", () => {
  const state = folder();
  const randomText = counter();
  const first = prepareWorkerVars({ state, ports, site: "course", randomText });
  const vars = read(state);
  expect(prepareWorkerVars({ state, ports, site: "course", randomText })).toEqual(first);
  expect(read(state)).toEqual(vars);
});

test("only their owner can read the secrets and the folder they are in", () => {
  const state = folder();
  prepareWorkerVars({ state, ports, site: "course", randomText: counter() });
  expect(statSync(state.workerVars).mode & 0o777).toBe(0o600);
  expect(statSync(state.catalogueToken).mode & 0o777).toBe(0o600);
  expect(statSync(state.folder).mode & 0o777).toBe(0o700);
});

test("every secret is its own and starts with development-", () => {
  const state = folder();
  const { catalogueToken } = prepareWorkerVars({ state, ports, site: "course", randomText: counter() });
  const { AUTH_SECRET, READY_SECRET } = read(state);
  const secrets = [AUTH_SECRET, READY_SECRET, catalogueToken];
  for (const secret of secrets) expect(secret).toMatch(/^development-.{32}$/);
  expect(new Set(secrets).size).toBe(3);
});

test("the Worker knows the hash of the catalogue token and not the token", () => {
  const state = folder();
  const { catalogueToken } = prepareWorkerVars({ state, ports, site: "course", randomText: counter() });
  const text = readFileSync(state.workerVars, "utf8");
  expect(text).not.toContain(catalogueToken);
  expect(JSON.parse(read(state).CATALOGUE_TOKEN_HASHES ?? "")).toEqual({
    course: createHash("sha256").update(catalogueToken).digest("hex"),
  });
});

test("other ports change the addresses and leave the secrets", () => {
  const state = folder();
  const randomText = counter();
  prepareWorkerVars({ state, ports, site: "course", randomText });
  const before = read(state);
  prepareWorkerVars({
    state,
    ports: { worker: 1, docs: 2, docsCrossSite: 3, mailbox: 4, database: 5 },
    site: "course",
    randomText,
  });
  expect(read(state)).toEqual({
    ...before,
    BASE_URL: "http://localhost:1",
    DEV_DOCS_ORIGINS: '{"course":["http://localhost:2","http://127.0.0.1:3"]}',
    MAILBOX_URL: "http://localhost:4/messages",
    DATABASE_ENDPOINT: "http://localhost:5/sql",
  });
});

test("what a contributor added stays; a database they put there does not", () => {
  const state = folder();
  prepareWorkerVars({ state, ports, site: "course", randomText: counter() });
  appendFileSync(state.workerVars, "SESSION_CACHE_SECONDS=60\nDATABASE_URL=postgres://me:secret@db.example/live\n");
  prepareWorkerVars({ state, ports, site: "course", randomText: counter() });
  expect(read(state)).toMatchObject({
    SESSION_CACHE_SECONDS: "60",
    DATABASE_URL: "postgres://docent:docent@localhost/docent",
  });
});

test("an empty token file is filled again", () => {
  const state = folder();
  writeFileSync(state.catalogueToken, "");
  const { catalogueToken } = prepareWorkerVars({ state, ports, site: "course", randomText: counter() });
  expect(catalogueToken).toMatch(/^development-/);
  expect(readFileSync(join(state.folder, "catalogue-token"), "utf8").trim()).toBe(catalogueToken);
});
