// Where a running copy keeps what it makes for itself: `.docent/`, ignored by git. The list below is all that
// `npm run reset` removes.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

export interface StateFolder {
  folder: string;
  /** The data of PGlite. */
  pglite: string;
  /** Says that `npm start` made that folder: without it nothing here opens or removes it. */
  pgliteMark: string;
  /** Bindings of the Worker, secrets included. */
  workerVars: string;
  /** With this token the demo docs push their catalogue. */
  catalogueToken: string;
  /** KV and caches of `wrangler dev`. */
  wrangler: string;
  workerLog: string;
  mailbox: string;
  lock: string;
}

export function stateFolder(root: string): StateFolder {
  const folder = join(root, ".docent");
  return {
    folder,
    pglite: join(folder, "pglite"),
    pgliteMark: join(folder, "pglite-made-here"),
    workerVars: join(folder, "dev.vars"),
    catalogueToken: join(folder, "catalogue-token"),
    wrangler: join(folder, "wrangler"),
    workerLog: join(folder, "wrangler.log"),
    mailbox: join(folder, "mailbox.json"),
    lock: join(folder, "lock"),
  };
}

/** Only its owner may look inside: it holds secrets, and in a shared home so do the database and the mails. */
export function makeStateFolder({ folder }: StateFolder): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}
