// `npm run reset`: the next `npm start` begins with an empty database, new secrets and an empty mailbox.
import { join } from "node:path";
import { removeState } from "./remove-state.ts";
import { stateFolder } from "./state-folder.ts";
import { messageOf } from "./terminal.ts";

try {
  const outcome = await removeState({
    state: stateFolder(join(import.meta.dirname, "..")),
    postgres: process.env.DOCENT_DEV_POSTGRES || undefined,
  });
  if ("refused" in outcome) {
    console.error(outcome.refused);
    process.exitCode = 1;
  } else if (outcome.removed.length === 0) {
    console.log("There was nothing to remove.");
  } else {
    for (const what of outcome.removed) console.log(`Removed ${what}`);
  }
} catch (error) {
  console.error(`Nothing was removed: ${messageOf(error)}`);
  process.exitCode = 1;
}
