// The Worker's entry. Handlers only: a Worker's entry may export nothing else.
import { env, waitUntil } from "cloudflare:workers";
import config from "../docent.config.ts";
import { createWorker } from "./worker.ts";

const worker = createWorker(env, config, {
  now: () => Date.now(),
  randomId: () => crypto.randomUUID(),
  fetch: (input, init) => fetch(input, init),
  waitUntil,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  log: (line) => console.log(JSON.stringify(line)),
});

export default {
  fetch: (request) => worker.fetch(request),
  scheduled: () => worker.scheduled(),
} satisfies ExportedHandler;
