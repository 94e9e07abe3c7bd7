// What many wire schemas are made of.
import * as z from "zod/mini";

/** Of a body, where a route names no limit of its own. */
export const DEFAULT_BODY_BYTES = 64 * 1024;

/** RFC 3339, in UTC, as the Worker writes it. */
export const time = z.iso.datetime();

/** Version 4 and 7 alike. */
export const uuid = z.uuid();

/** Query of a write that says whose it is. From anybody else it is refused with 401, and nothing changes. */
export const readerQuery = z.object({ reader: z.optional(uuid) });

/** Query of every route that is about one docs site. */
export const siteQuery = z.object({ site: z.string("is missing").check(z.minLength(1), z.maxLength(60)) });
