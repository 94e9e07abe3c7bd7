// The ports of `npm start`: which they are, what changes them, and whether they are free. Checked before anything starts.
import { connect } from "node:net";
import { errorCode, serveOnLoopback } from "./loopback-server.ts";

export interface Ports {
  worker: number;
  docs: number;
  docsCrossSite: number;
  mailbox: number;
  database: number;
}

interface Setting {
  key: keyof Ports;
  variable: string;
  port: number;
  use: string;
}

const SETTINGS: readonly Setting[] = [
  { key: "worker", variable: "DOCENT_PORT_WORKER", port: 8787, use: "the Worker" },
  { key: "docs", variable: "DOCENT_PORT_DOCS", port: 4321, use: "the demo docs" },
  { key: "docsCrossSite", variable: "DOCENT_PORT_DOCS_CROSS_SITE", port: 4322, use: "the demo docs on another site" },
  { key: "mailbox", variable: "DOCENT_PORT_MAILBOX", port: 8025, use: "the mailbox" },
  { key: "database", variable: "DOCENT_PORT_DATABASE", port: 5488, use: "the database endpoint" },
];

/** Reads the ports from the environment. A mistake names the variable. */
export function readPorts(env: Partial<Record<string, string>>): { ports: Ports } | { mistakes: string[] } {
  const ports: Ports = { worker: 0, docs: 0, docsCrossSite: 0, mailbox: 0, database: 0 };
  const mistakes: string[] = [];
  const taken = new Map<number, Setting>();
  for (const setting of SETTINGS) {
    const text = env[setting.variable];
    const port = text ? Number(text) : setting.port;
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      mistakes.push(`${setting.variable} must be a port, 1 to 65535, not "${text}".`);
      continue;
    }
    const other = taken.get(port);
    if (other) {
      mistakes.push(`Port ${port} is meant for ${other.use} and for ${setting.use}: change ${setting.variable}.`);
    }
    taken.set(port, setting);
    ports[setting.key] = port;
  }
  return mistakes.length > 0 ? { mistakes } : { ports };
}

/** One sentence for each port that cannot be had, with the variable that changes it. */
export async function unavailablePorts(ports: Ports): Promise<string[]> {
  const sentences = await Promise.all(
    SETTINGS.map(async ({ key, variable, use }) => {
      const reason = await whyUnavailable(ports[key]);
      return reason && `Port ${ports[key]}, for ${use}, ${reason}. Set ${variable} to another port, or free this one.`;
    }),
  );
  return sentences.filter((sentence) => sentence !== undefined);
}

async function whyUnavailable(port: number): Promise<string | undefined> {
  // Some systems let two programs bind one port on different addresses; whoever answers is in the way all the same.
  if ((await answers(port, "127.0.0.1")) || (await answers(port, "::1"))) return "is in use";
  try {
    const server = await serveOnLoopback({ port, names: ["localhost"], handler: () => {} });
    await server.close();
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    return code === "EADDRINUSE" ? "is in use" : `cannot be used (${code ?? error})`;
  }
}

function answers(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const settle = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}
