// What any browser may know of an owner's configuration: an allow-list, served as the static `/docent/config.json`.
import * as z from "zod/mini";
import type { DocentConfig } from "./define-config.ts";
import { questionnaire } from "./questionnaire.ts";

export const publicConfig = z.object({
  sites: z.array(z.object({ id: z.string(), name: z.string() })),
  /** The ways to sign in that are switched on. */
  methods: z.object({ password: z.boolean() }),
  questionnaire,
});
export type PublicConfig = z.infer<typeof publicConfig>;

export function publicConfigOf({ sites, methods, questionnaire: asked }: DocentConfig): PublicConfig {
  return { sites: sites.map(({ id, name }) => ({ id, name })), methods, questionnaire: asked };
}
