// The wire schemas of what is done by mail. A link is `<the Worker>/account#<kind>=<secret>`: the secret stands in the
// fragment, which no server, proxy or log sees, and opening the page uses nothing up; only a button does.
import * as z from "zod/mini";
import { account, anyPassword, emailAddress, lang, newPassword } from "./account.ts";

/** What a link is for, as its fragment names it. */
export const LINK_KINDS = [
  "verify-address",
  "magic-link",
  "reset-password",
  /** A change of address, confirmed at the old one and at the new one. */
  "change-address",
  "confirm-address",
] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** 256 bits in base64url. */
const secret = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/, "must be what follows the = in the link"));

/** Body of `POST /api/auth/send-verification-email` and of `POST /api/auth/request-password-reset`. */
export const mailInput = z.strictObject({ email: emailAddress, lang });

/** Body of `POST /api/auth/sign-in/magic-link`. */
export const magicLinkInput = z.strictObject({
  email: emailAddress,
  lang,
  /** `false`: a session of a day, and a cookie until the browser closes. */
  rememberMe: z.optional(z.boolean()),
  /** The flow that this browser has open: where the link is opened in the same browser, the page can go on with it. */
  flow: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{22,43}$/, "must be the id of a flow"))),
});

/** Body of `POST /api/auth/mail-links/look`. */
export const lookInput = z.strictObject({ kind: z.enum(LINK_KINDS), token: secret });

/** Body of `POST /api/auth/magic-link/verify` and of `POST /api/auth/confirm-email-change`. */
export const redeemInput = z.strictObject({ token: secret });

/** Body of `POST /api/auth/verify-email`. */
export const verifyAddressInput = z.strictObject({
  token: secret,
  /** The account's password, so that it stays: what nobody has shown since the sign-up is removed. */
  password: z.optional(anyPassword),
});

/** Body of `POST /api/auth/reset-password`. */
export const resetPasswordInput = z.strictObject({
  token: secret,
  newPassword,
  /** Of the app, or a backup code: where the account has a second factor. */
  code: z.optional(z.string().check(z.regex(/^[A-Za-z0-9 -]{6,40}$/, "must be a code of your app, or a backup code"))),
});

/** Body of `POST /api/auth/change-email`. */
export const changeEmailInput = z.strictObject({ newEmail: emailAddress, lang });

/** Body of `POST /api/auth/set-password`. */
export const setPasswordInput = z.strictObject({ newPassword });

/** The same whether there is such an account or not. */
export const mailAnswer = z.object({ status: z.boolean() });

export const lookAnswer = z.object({
  kind: z.enum(LINK_KINDS),
  /** For whom it is. */
  email: z.string(),
  /** Of a change of address: the address that it is to be. */
  newEmail: z.nullable(z.string()),
  /** A reset needs a code of the second factor too. */
  secondFactor: z.boolean(),
  /** The flow that was open where a magic link was asked for. */
  flow: z.nullable(z.string()),
});

/** What an account had from a time when nobody had shown that its address is theirs, and has no longer. */
const removed = z.object({
  password: z.boolean(),
  /** The ids of linked providers. */
  methods: z.array(z.string()),
  passkeys: z.int(),
  secondFactor: z.boolean(),
  sessions: z.int(),
});
export type Removed = z.infer<typeof removed>;

export const verifyAddressAnswer = z.object({ status: z.boolean(), email: z.string(), removed });

const proved = { removed, flow: z.nullable(z.string()) };

/** A sign-in's answer, and beside it what was removed and the flow to go on with. */
export const redeemMagicLinkAnswer = z.union([
  z.object({
    redirect: z.boolean(),
    token: z.string().check(z.describe("The session's id.")),
    user: account,
    ...proved,
  }),
  z.object({ twoFactorRedirect: z.literal(true), twoFactorMethods: z.array(z.string()), ...proved }),
]);

export const resetPasswordAnswer = z.object({ status: z.boolean(), removed });

export const confirmEmailChangeAnswer = z.object({
  status: z.boolean(),
  /** false while the other address has not confirmed. */
  changed: z.boolean(),
});
