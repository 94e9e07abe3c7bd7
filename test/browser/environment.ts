// The whole development environment on ports of its own, with its data in a folder of its own: a copy that is already
// running beside the tests is not touched. Real parts only: PGlite behind the endpoint, the Worker in workerd, the built
// docs.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, openDatabase } from "../../dev/database.ts";
import { buildDemo } from "../../dev/demo/build.ts";
import { type Mail, startMailbox } from "../../dev/mailbox.ts";
import type { NeonEndpoint } from "../../dev/neon/endpoint.ts";
import type { Ports } from "../../dev/ports.ts";
import { pushCatalogue } from "../../dev/push-catalogue.ts";
import { prepareWorkerVars } from "../../dev/secrets.ts";
import { makeStateFolder, stateFolder } from "../../dev/state-folder.ts";
import { serveFolder } from "../../dev/static-server.ts";
import type { DocentConfigInput } from "../../src/core/define-config.ts";
import { CLIENT_ID, CLIENT_SECRET, type OpenIdProvider, startOpenIdProvider } from "../openid-provider.ts";
import { startBuiltWorker } from "./built-worker.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const SITE = "course";

export interface Environment {
  /** Origin of the Worker. */
  worker: string;
  /** Origin of the docs on the Worker's site, and of the same docs on another site. */
  docs: { sameSite: string; crossSite: string };
  /** What both serve; a test may put pages of its own there. */
  docsFolder: string;
  /** Takes faults and records requests. */
  database: NeonEndpoint;
  /** For what no page can do: giving a role, or an address that somebody has proved. */
  sql(text: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Where readers have an account elsewhere; of environments with a provider. */
  provider: OpenIdProvider | undefined;
  /** Mails to an address so far, the newest first. */
  mails(to: string): Promise<Mail[]>;
  /** The last lines that the Worker printed. */
  workerLines(): string[];
  /** The same, and whether it answers now: for whoever looks for the reason of a failure. */
  report(): Promise<string>;
  stop(): Promise<void>;
}

export interface EnvironmentOptions {
  /** The Worker alone, with a certificate of its own making: for browsers that keep no Secure cookie otherwise. */
  https?: boolean;
  /** Keys of the owner's configuration that differ from `docent.config.ts`. */
  config?: Partial<DocentConfigInput>;
  /** With an OpenID provider on this machine, by the name of Acme. */
  provider?: boolean;
}

/** Throws with what the Worker printed when it does not come up. */
export async function startEnvironment({
  https = false,
  config,
  provider: withProvider = false,
}: EnvironmentOptions = {}): Promise<Environment> {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closing.reverse().splice(0)) await close();
  };
  try {
    const home = await mkdtemp(join(tmpdir(), "docent-browser-"));
    closing.push(() => rm(home, { recursive: true, force: true }));
    const state = stateFolder(home);
    makeStateFolder(state);
    const ports = await freePorts();
    const secrets = { acme: CLIENT_SECRET };
    if (withProvider) await writeFile(state.workerVars, `OIDC_CLIENT_SECRETS='${JSON.stringify(secrets)}'\n`);
    const vars = prepareWorkerVars({ state, ports, site: SITE, randomText: () => crypto.randomUUID().repeat(2) });

    const database = await openDatabase({ state, postgres: undefined, port: ports.database });
    if ("refused" in database) throw new Error(database.refused);
    closing.push(() => database.endpoint.close());
    await migrate(database, ROOT);

    const mailbox = await startMailbox({ port: ports.mailbox, file: join(home, "mails.json"), now: Date.now });
    closing.push(() => mailbox.close());

    const folder = join(home, "demo");
    const { catalogue } = await buildDemo({ workerUrl: vars.workerUrl, outDir: folder });
    const sameSite = await serveFolder({ folder, port: ports.docs, name: "localhost" });
    closing.push(() => sameSite.close());
    const crossSite = await serveFolder({ folder, port: ports.docsCrossSite, name: "127.0.0.1" });
    closing.push(() => crossSite.close());

    const provider = withProvider
      ? await startOpenIdProvider({ redirectUris: [`${vars.workerUrl}/api/auth/callback/acme`] })
      : undefined;
    if (provider) closing.push(() => provider.close());
    const worker = await startBuiltWorker({
      root: ROOT,
      state,
      port: ports.worker,
      https,
      config: provider ? { ...config, methods: { oidc: [acme(provider.issuer)] } } : config,
    });
    closing.push(() => worker.stop());
    if (!https) await pushCatalogue({ workerUrl: vars.workerUrl, fetch }, SITE, vars.catalogueToken, catalogue);

    const [own, other] = vars.docsOrigins;
    return {
      worker: https ? vars.workerUrl.replace("http:", "https:") : vars.workerUrl,
      docs: { sameSite: own, crossSite: other },
      docsFolder: folder,
      provider,
      database: database.endpoint,
      sql: (text, parameters = []) =>
        database.run(async (session) => (await session.query(text, parameters)).rows as Record<string, unknown>[]),
      async mails(to) {
        const answer = (await (await fetch(`${vars.mailboxUrl}/messages`)).json()) as { messages: Mail[] };
        return answer.messages.filter((mail) => mail.to === to);
      },
      workerLines: () => worker.lastLines(),
      async report() {
        const answer = await fetch(`${vars.workerUrl}/healthz`, { signal: AbortSignal.timeout(5_000) }).then(
          ({ status }) => `answers ${status}`,
          (error: unknown) => `does not answer: ${error instanceof Error ? (error.cause ?? error) : error}`,
        );
        return [`The Worker ${answer}. Its last lines:`, ...worker.lastLines()].join("\n");
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A provider as an owner's file has it. */
const acme = (issuer: string) => ({
  id: "acme",
  name: "Acme",
  clientId: CLIENT_ID,
  issuer,
  authorizationEndpoint: `${issuer}/auth`,
  tokenEndpoint: `${issuer}/token`,
  userinfoEndpoint: `${issuer}/me`,
  jwksUri: `${issuer}/jwks`,
});

/** Five ports that were free a moment ago; held all at once, so that no two are the same. */
async function freePorts(): Promise<Ports> {
  const held = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
      });
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      return { port, release: () => new Promise<void>((resolve) => server.close(() => resolve())) };
    }),
  );
  await Promise.all(held.map(({ release }) => release()));
  const [worker = 0, docs = 0, docsCrossSite = 0, mailbox = 0, database = 0] = held.map(({ port }) => port);
  return { worker, docs, docsCrossSite, mailbox, database };
}
