// What any browser may know of an owner's configuration: an allow-list, served as the static `/docent/config.json`.
import * as z from "zod/mini";
import type { DocentConfig } from "./define-config.ts";
import { configuredProviders } from "./providers.ts";
import { questionnaire } from "./questionnaire.ts";

export const publicConfig = z.object({
  sites: z.array(z.object({ id: z.string(), name: z.string() })),
  /** The ways to sign in that are switched on. */
  methods: z.object({
    password: z.boolean(),
    /** Mail can be sent: addresses are verified and changed, and passwords reset by it. */
    mail: z.boolean(),
    /** A link by mail. */
    magicLink: z.boolean(),
    passkey: z.boolean(),
    /** In the order of the configuration; `id` is what `/start?with=` takes. */
    providers: z.array(z.object({ id: z.string(), name: z.string() })),
  }),
  /** Whose challenge the Worker's own page shows; null where none is asked for. */
  turnstile: z.nullable(z.object({ siteKey: z.string() })),
  questionnaire,
});
export type PublicConfig = z.infer<typeof publicConfig>;

/** @param secrets the names of the secrets, and of the variables that are not "none", that the deployment has: a way in without its secret is off */
export function publicConfigOf(
  { sites, methods, turnstile, questionnaire: asked }: DocentConfig,
  secrets: ReadonlySet<string>,
): PublicConfig {
  return {
    sites: sites.map(({ id, name }) => ({ id, name })),
    methods: {
      password: methods.password,
      mail: secrets.has("MAIL_TRANSPORT"),
      magicLink: methods.magicLink && secrets.has("MAIL_TRANSPORT"),
      passkey: methods.passkey,
      providers: configuredProviders(methods)
        .filter(({ secret }) => secrets.has(secret))
        .map(({ id, name }) => ({ id, name })),
    },
    turnstile: turnstile && secrets.has("TURNSTILE_SECRET_KEY") ? { siteKey: turnstile.siteKey } : null,
    questionnaire: asked,
  };
}
