// Whose a write is. Only ever the reader's whose session it is; a widget that was left open may think it is another's.
import type { Context } from "hono";
import type { AppEnv } from "../http/app-env.ts";

/** @param reader who the caller says it is of, if it says so */
export const isAnothers = (c: Context<AppEnv>, reader: string | undefined): boolean =>
  reader !== undefined && reader.toLowerCase() !== c.get("session").userId;
