// Serves a folder of built docs as a static host would: files, `index.html` for folders, nothing else.
import { getRequestListener } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { type LoopbackName, type LoopbackServer, serveOnLoopback } from "./loopback-server.ts";

export interface StaticServerOptions {
  folder: string;
  port: number;
  /** The one name of this origin: under the other, the same page would be on another site. */
  name: LoopbackName;
}

export function serveFolder({ folder, port, name }: StaticServerOptions): Promise<LoopbackServer> {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    // Rebuilt docs show at the next reload.
    c.header("Cache-Control", "no-store");
    c.header("X-Content-Type-Options", "nosniff");
  });
  app.use(serveStatic({ root: folder }));
  app.notFound((c) => c.text("There is no such page.\n", 404));
  return serveOnLoopback({
    port,
    names: [name],
    handler: getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  });
}
