// Starting from empty: takes away what `npm start` made, and nothing else.
import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { describe } from "./database.ts";
import { holderOf } from "./lock.ts";
import { empty } from "./marker.ts";
import { realPostgres } from "./neon/postgres-backend.ts";
import { DATABASE } from "./secrets.ts";
import type { StateFolder } from "./state-folder.ts";

export interface RemoveOptions {
  state: StateFolder;
  /** DOCENT_DEV_POSTGRES: emptied too, if `npm start` made what is in it. */
  postgres: string | undefined;
}

/** Says what was removed, or why nothing was. */
export async function removeState({
  state,
  postgres,
}: RemoveOptions): Promise<{ removed: string[] } | { refused: string }> {
  const pid = holderOf(state.lock);
  if (pid !== undefined) {
    return {
      refused: `\`npm start\` is running (process ${pid}). Stop it first; if that is something else, delete .docent/lock.`,
    };
  }
  if (existsSync(state.pglite) && !existsSync(state.pgliteMark)) {
    return { refused: "`npm start` did not make .docent/pglite, so it is left alone. Move it away." };
  }

  const removed: string[] = [];
  if (postgres !== undefined) {
    const backend = realPostgres({ connectionString: postgres, database: DATABASE });
    try {
      if (!(await backend.run(DATABASE, empty))) {
        return { refused: `${describe(postgres)} was not made by \`npm start\`, so it is left alone.` };
      }
      removed.push(`everything in ${describe(postgres)}`);
    } finally {
      await backend.close();
    }
  }

  const { folder, ...made } = state;
  for (const path of Object.values(made)) {
    if (!existsSync(path)) continue;
    rmSync(path, { recursive: true });
    removed.push(`.docent/${basename(path)}`);
  }
  // What somebody else put there stays, and the folder with it.
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
  return { removed };
}
