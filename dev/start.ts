// `npm start`: everything on this machine, in order, each with a line; then a table of addresses and readers. Ctrl-C and
// SIGTERM take it all down again. What each part is, its own file says.
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { bringUp, type Running } from "./bring-up.ts";
import { takeLock } from "./lock.ts";
import { readPorts, unavailablePorts } from "./ports.ts";
import { makeStateFolder, stateFolder } from "./state-folder.ts";
import { messageOf } from "./terminal.ts";

/** One Ctrl-C can arrive twice, from the terminal and from npm; only a later one means impatience. Milliseconds. */
const ONE_KEYSTROKE = 1_000;
/** Milliseconds between two looks at whether npm is still there. */
const ORPHAN_CHECK = 250;

/** Exit code 0 when it was asked to stop. */
async function main(): Promise<number> {
  const root = join(import.meta.dirname, "..");
  const stop = new AbortController();
  let asked = 0;
  const ask = () => {
    if (stop.signal.aborted && performance.now() - asked > ONE_KEYSTROKE) process.exit(1);
    if (!stop.signal.aborted) asked = performance.now();
    stop.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, ask);
  // npm hands a signal to the shell it runs us in, and some shells die of it without a word to us.
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event === "start") {
    setInterval(() => process.ppid !== parent && !stop.signal.aborted && ask(), ORPHAN_CHECK).unref();
  }

  const read = readPorts(process.env);
  const problems = "mistakes" in read ? read.mistakes : await unavailablePorts(read.ports);
  if ("mistakes" in read || problems.length > 0) {
    console.error(problems.join("\n"));
    return 1;
  }
  const state = stateFolder(root);
  makeStateFolder(state);
  const lock = takeLock(state.lock);
  if (!lock.held) {
    console.error(
      `Another \`npm start\` is running here (process ${lock.pid}). If that is something else, delete .docent/lock.`,
    );
    return 1;
  }

  const running: Running = { close: [] };
  let failure: string | null;
  try {
    failure = await bringUp({ root, state, ports: read.ports, stop: stop.signal, running });
  } catch (error) {
    failure = stop.signal.aborted ? null : messageOf(error);
  }
  if (failure !== null) console.error(`\n${failure}`);
  else console.log("\nStopping.");
  // Last up, first down. One that fails to close must not keep the others.
  for (const close of running.close.reverse()) await close().catch((error) => console.error(messageOf(error)));
  lock.release();
  // The terminal shows everything before the exit below.
  await wait(0);
  return failure === null ? 0 : 1;
}

process.exit(await main());
