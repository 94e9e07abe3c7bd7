// What the dialog asks of the Worker and nobody else does: in, out, which ways in there are, and what is asked of readers. Apart from api.ts,
// because only who opens the dialog needs it.

import type { Api } from "./api.ts";
import { publicConfig } from "./questionnaire.ts";
import { anything, boolean, list, nullable, type Of, object, optional, or, text } from "./shape.ts";

/** Signed in, or asked for the second factor first; a new account whose address has to be confirmed first has no `token`. */
const entered = object({ twoFactorRedirect: optional(boolean), token: optional(nullable(text)) });

/** The ways in of `/docent/config.json`; one that it does not name is off. */
const waysIn = object({
  methods: object({
    password: or(boolean, false),
    mail: or(boolean, false),
    magicLink: or(boolean, false),
    passkey: or(boolean, false),
    providers: or(list(object({ id: text, name: text })), []),
  }),
});
export type WaysIn = Of<typeof waysIn>["methods"];

export function accountApi({ call }: Api) {
  return {
    // A name is not asked for: an account needs none, and each field less is a reader more.
    signUp: (email: string, password: string, rememberMe: boolean, lang: string) =>
      call("POST", "/api/auth/sign-up/email", entered, { body: { name: "", email, password, rememberMe, lang } }),
    signIn: (email: string, password: string, rememberMe: boolean) =>
      call("POST", "/api/auth/sign-in/email", entered, { body: { email, password, rememberMe } }),
    /** A mail with the link that confirms the address. */
    sendConfirmation: (email: string, lang: string) =>
      call("POST", "/api/auth/send-verification-email", anything, { body: { email, lang } }),
    /** The question that a sign-in has left open. A code of an app has six digits, a backup code is longer. */
    secondFactor: (code: string) =>
      call("POST", `/api/auth/two-factor/verify-${/^\d{6}$/.test(code) ? "totp" : "backup-code"}`, anything, {
        body: { code },
      }),
    signOut: () => call("POST", "/api/auth/sign-out", anything, { body: {} }),
    /** A static file, without credentials; so is the next. */
    questionnaire: () => call("GET", "/docent/config.json", publicConfig, { anonymous: true }),
    waysIn: () => call("GET", "/docent/config.json", waysIn, { anonymous: true }),
  };
}
