// The wire schemas of a reader's linked ways in: Better Auth's shape, and strict.
import * as z from "zod/mini";
import { storableText } from "./background.ts";
import { time, uuid } from "./primitives.ts";

/** Body of `POST /api/auth/link-social`. */
export const linkSocialInput = z.strictObject({ provider: storableText(60, 1) });

/** `url` is where to go now; `redirect` is for Better Auth's client, which goes there. */
export const linkSocialAnswer = z.object({ url: z.string(), redirect: z.boolean() });

/** Body of `POST /api/auth/unlink-account`: the `id` of one of `list-accounts`, as Better Auth's client sends it. */
export const unlinkAccountInput = z.strictObject({ accountId: uuid });

/** Answer of `GET /api/auth/list-accounts`. A password is there as `credential`. */
export const listAccountsAnswer = z.array(
  z.object({
    id: uuid,
    providerId: z.string(),
    accountId: z.string(),
    userId: uuid,
    createdAt: time,
    updatedAt: time,
    /** Always none: what a provider allows us is used once, to learn who the reader is. */
    scopes: z.array(z.string()),
  }),
);
