// The wire schemas of Better Auth's routes, as far as they can be reached. Better Auth's shape, with two differences:
// bodies are strict, so that neither a role nor a redirect can ride along, and where Better Auth would show a session
// token there is the session's id.
import * as z from "zod/mini";
import { storableText } from "./background.ts";
import { time, uuid } from "./primitives.ts";

/** Characters. Any Unicode, no composition rules (NIST SP 800-63B, 3.1.1.2). */
export const PASSWORD_LIMITS = { min: 8, max: 128 } as const;

/** Of a body: an address, two passwords of 128 characters in any script, a name and a picture's address. */
export const ACCOUNT_BODY_BYTES = 8 * 1024;

export const emailAddress = storableText(255, 3).check(z.email("must be an e-mail address"));
/** No control characters and one line: a name ends up in mail headers. */
const name = storableText(255).check(z.regex(/^[^\p{Cc}\u2028\u2029]*$/u, "must not contain control characters"));
const picture = z
  .url()
  .check(z.maxLength(512), z.regex(/^https:\/\//, "must be an https address"), z.regex(/^[^\s"'<>\\]*$/));
export const newPassword = storableText(PASSWORD_LIMITS.max, PASSWORD_LIMITS.min);
/** A wrong password is refused where it is compared; this only bounds what is hashed. */
export const anyPassword = storableText(PASSWORD_LIMITS.max);

/** The language of the page that asks (BCP 47): mails are written in it where it is one of ours. */
export const lang = z.optional(
  z.string().check(z.regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/, "must be a language tag")),
);

/** Body of `POST /api/auth/sign-up/email`. */
export const signUpInput = z.strictObject({
  email: emailAddress,
  password: newPassword,
  name: z._default(name, ""),
  image: z.optional(picture),
  /** `false`: a session of a day, and a cookie until the browser closes. */
  rememberMe: z.optional(z.boolean()),
  lang,
});

/** Body of `POST /api/auth/sign-in/email`. */
export const signInInput = z.strictObject({
  email: emailAddress,
  password: anyPassword,
  rememberMe: z.optional(z.boolean()),
});

/** Body of `POST /api/auth/update-user`. */
export const updateUserInput = z
  .strictObject({ name: z.optional(name), image: z.optional(z.nullable(picture)) })
  .check(z.refine((body) => Object.keys(body).length > 0, "must name at least one field"));

/** Body of `POST /api/auth/change-password`. */
export const changePasswordInput = z.strictObject({
  currentPassword: anyPassword,
  newPassword,
  /** Whoever knew the old password may still be signed in. */
  revokeOtherSessions: z._default(z.boolean(), true),
});

/** Body of `POST /api/auth/revoke-session`. */
export const revokeSessionInput = z.strictObject({
  /** The id of one of the reader's sessions. */
  token: z.uuid("must be the id of one of your sessions"),
});

/** Body of a write that says everything by being called. */
export const emptyInput = z.strictObject({});

/** A reader, as Better Auth's routes describe one. */
export const account = z.object({
  id: uuid,
  /** `""` while the database is down and a cache answers. */
  email: z.string(),
  emailVerified: z.boolean(),
  /** `""` means none. */
  name: z.string(),
  image: z.nullable(z.string()),
  createdAt: time,
  updatedAt: time,
  role: z.enum(["user", "moderator", "admin"]),
  twoFactorEnabled: z.boolean(),
  skillLevel: z.nullable(z.string()),
  operatingSystem: z.nullable(z.string()),
});

const idForToken = z.string().check(z.describe("The session's id: no script ever sees a session token."));

export const signUpAnswer = z.object({
  /** null where the address has to be proved first: nobody is signed in. */
  token: z.nullable(idForToken),
  user: account,
});
export const signInAnswer = z.union([
  z.object({ redirect: z.boolean(), token: idForToken, user: account }),
  /** There is no session yet: the second factor is asked for, and a cookie holds the question. */
  z.object({ twoFactorRedirect: z.literal(true), twoFactorMethods: z.array(z.string()) }),
]);
export const changePasswordAnswer = z.object({
  /** The id of the session that goes on; null when the other sessions stay, or this one was ended meanwhile. */
  token: z.nullable(idForToken),
  user: account,
});
export const statusAnswer = z.object({ status: z.boolean() });
/** Also of an account that was deleted a moment ago. */
export const deleteUserAnswer = z.object({ success: z.literal(true), message: z.literal("User deleted") });
export const signOutAnswer = z.object({ success: z.boolean() });

const device = { ipAddress: z.nullable(z.string()), userAgent: z.nullable(z.string()) };

export const getSessionAnswer = z.nullable(
  z.object({
    session: z.object({
      id: uuid,
      token: idForToken,
      userId: uuid,
      expiresAt: time,
      createdAt: time,
      updatedAt: time,
      ...device,
    }),
    user: account,
  }),
);

export const listSessionsAnswer = z.array(
  z.object({
    id: uuid,
    token: idForToken,
    userId: uuid,
    scope: z.enum(["account", "docs"]),
    origin: z.nullable(z.string()),
    expiresAt: time,
    createdAt: time,
    updatedAt: time,
    lastAccessedAt: z.nullable(time),
    ...device,
    /** Is it the one that asks? */
    current: z.boolean(),
  }),
);

/** What Better Auth's routes answer when they refuse. */
export const authProblem = z.object({
  code: z.string(),
  message: z.string(),
  requestId: z.optional(z.string()),
  errors: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
});
