// Where a browser is sent: to an address that was stored when its way began, to a provider, or to the Worker's page.
import type { Context } from "hono";
import type { AppEnv } from "../../http/app-env.ts";

/** `href` is one that we have stored or made, and never one that the request names. */
export const toStored = (c: Context<AppEnv>, href: string): Response => c.body(null, 302, { Location: href });

/** @param fragment of `accountFragment` */
export const toAccountPage = (c: Context<AppEnv>, fragment: string): Response =>
  toStored(c, fragment === "" ? "/account" : `/account#${fragment}`);
