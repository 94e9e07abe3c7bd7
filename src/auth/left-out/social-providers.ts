// In the place of Better Auth's forty providers, which would be a tenth of the bundle (`[alias]` in wrangler.toml): the
// providers of readers are in ../providers.
import * as z from "zod";

export const socialProviders = {};
export const socialProviderList: readonly string[] = [];
/** Of routes that routes.ts refuses. */
export const SocialProviderListEnum = z.string();
