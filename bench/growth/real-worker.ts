// The Worker as it is deployed, from its own entry, in workerd: for programs of Node that measure it from outside.
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare, type RequestInit, type Response } from "miniflare";
import { unstable_readConfig } from "wrangler";
import * as z from "zod";
import { CredentialSigner } from "../../src/session/credential.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const BASE_URL = "http://localhost:8787";
export const AUTH_SECRET = "development-secret-of-a-measurement-0123456789";
const READY_SECRET = "the-secret-of-the-probe-in-a-measurement";
const CATALOGUE_TOKEN = "catalogue-token-of-a-measurement";
/** Of docent.config.ts. */
export const SITE = "course";

export interface RealWorker {
  /** Sends a request, as the Worker's own pages do unless `init` says otherwise. */
  send(path: string, init?: RequestInit): Promise<Response>;
  /** Runs the scheduled handler to its end. */
  scheduled(): Promise<void>;
  /** The cookie of a session with this token. */
  cookieOf(token: string): Promise<string>;
  readonly catalogueAuthorization: string;
  readonly readyAuthorization: string;
  /** What it has logged as an error, and what is no log line of ours. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

const logLine = z.object({ level: z.string() });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function bundle(): Promise<string> {
  // What a deployment leaves out is left out here.
  const { alias } = unstable_readConfig({ config: join(ROOT, "wrangler.toml") });
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: ["src/index.ts"],
    bundle: true,
    alias: alias ?? {},
    write: false,
    format: "esm",
    target: "es2024",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "import"],
    external: ["node:*", "cloudflare:*"],
    logLevel: "error",
  });
  const [main] = outputFiles;
  if (!main) throw new Error("esbuild wrote nothing");
  return main.text;
}

/** A mailbox that takes every mail and keeps none: the ways in and the proofs that need one are there. */
async function startMailbox(): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(202).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { server, url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}` };
}

const sha256 = async (text: string) =>
  Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toString("hex");

/** @param endpoint of `dev/neon`, by whose name `database` is known there */
export async function startRealWorker(endpoint: string, database: string): Promise<RealWorker> {
  const errors: string[] = [];
  const mailbox = await startMailbox();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: "docent",
      modules: [{ type: "ESModule", path: "index.js", contents: await bundle() }],
      compatibilityDate: "2026-08-15",
      compatibilityFlags: ["nodejs_compat"],
      kvNamespaces: ["SESSIONS"],
      handleStructuredLogs: ({ message }) => {
        const line = logLine.safeParse(parsed(message));
        if (!line.success || line.data.level === "error") errors.push(message);
      },
      bindings: {
        DATABASE_URL: `postgres://docent:docent@localhost/${database}`,
        DATABASE_ENDPOINT: endpoint,
        DATABASE_TIMEOUT_MS: "30000",
        BASE_URL,
        AUTH_SECRET,
        READY_SECRET,
        MAIL_TRANSPORT: "mailbox",
        MAILBOX_URL: mailbox.url,
        CATALOGUE_TOKEN_HASHES: JSON.stringify({ [SITE]: await sha256(CATALOGUE_TOKEN) }),
      },
    }),
  );
  await miniflare.ready;
  const signer = new CredentialSigner(AUTH_SECRET);
  return {
    send: (path, init = {}) =>
      miniflare.dispatchFetch(new URL(path, BASE_URL).href, {
        ...init,
        headers: {
          Origin: BASE_URL,
          "Sec-Fetch-Site": "same-origin",
          "Sec-Fetch-Mode": "cors",
          "CF-Connecting-IP": "203.0.113.7",
          "User-Agent": "Docent measurement",
          ...(init.headers as Record<string, string> | undefined),
        },
      }),
    async scheduled() {
      const worker = await miniflare.getWorker();
      await worker.scheduled({ cron: "17 3 * * *" });
    },
    cookieOf: async (token) => `__Host-docent.session_token=${encodeURIComponent(await signer.sign(token))}`,
    catalogueAuthorization: `Bearer ${CATALOGUE_TOKEN}`,
    readyAuthorization: `Bearer ${READY_SECRET}`,
    errors,
    async close() {
      await miniflare.dispose();
      mailbox.server.closeAllConnections();
      await new Promise((resolve) => mailbox.server.close(resolve));
    },
  };
}
