// The wire schemas of a reader's public profile and display preferences.
import * as z from "zod/mini";
import { storableText } from "./background.ts";

export const THEMES = ["light", "dark", "system"] as const;

/**
 * A link the profile shows: only https to a plain host, so that it is never a script, never hides its host behind a
 * user name, and never ends an attribute.
 */
const link = (max: number) =>
  storableText(max, 9).check(
    z.regex(/^https:\/\/[a-z0-9.-]+(:\d{1,5})?([/?#][^\s"'<>\\]*)?$/i, "must be an https address"),
  );

/** One line: no control characters. */
const line = (max: number) =>
  storableText(max, 1).check(z.regex(/^[^\p{Cc}\u2028\u2029]*$/u, "must not contain control characters"));

const fields = {
  displayName: z.nullable(line(255)),
  bio: z.nullable(storableText(500, 1)),
  avatarUrl: z.nullable(link(512)),
  coverUrl: z.nullable(link(512)),
  website: z.nullable(link(255)),
  location: z.nullable(line(100)),
  /** Without the "@". */
  twitterHandle: z.nullable(z.string().check(z.regex(/^[A-Za-z0-9_]{1,15}$/, "must be a handle without the @"))),
  githubUsername: z.nullable(
    z.string().check(z.regex(/^[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}$/, "must be a GitHub user name")),
  ),
  theme: z.enum(THEMES),
  notificationsEnabled: z.boolean(),
};

/** Body of `PATCH /api/profile`: what is named changes, null removes, what is not named stays. */
export const profilePatch = z
  .partial(z.strictObject(fields))
  .check(z.refine((patch) => Object.keys(patch).length > 0, "must name at least one field"));
export type ProfilePatch = z.infer<typeof profilePatch>;

export const profile = z.object({ ...fields, updatedAt: z.nullable(z.string()) });
export type Profile = z.infer<typeof profile>;

/** What a reader who never touched their profile has. */
export const EMPTY_PROFILE: Profile = {
  displayName: null,
  bio: null,
  avatarUrl: null,
  coverUrl: null,
  website: null,
  location: null,
  twitterHandle: null,
  githubUsername: null,
  theme: "system",
  notificationsEnabled: false,
  updatedAt: null,
};
