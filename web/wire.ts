// What the widget reads of the Worker's answers, and nothing more: the API may grow (a new reason, a new field) without
// breaking a widget that is already on somebody's page. That is why these are not the stricter schemas of core.
import * as z from "zod/mini";

const recommendation = z.object({
  path: z.string(),
  title: z.string(),
  summary: z.string(),
  level: z.nullable(z.string()),
  minutes: z.nullable(z.number()),
  reasons: z.array(z.object({ text: z.string() })),
  readFirst: z.array(z.object({ path: z.string(), title: z.string() })),
});
export type ShownRecommendation = z.infer<typeof recommendation>;
export const recommendationsAnswer = z.object({ recommendations: z.array(recommendation) });

/** A background whose parts are looked up by the questionnaire's fields. */
export const looseBackground = z.record(z.string(), z.unknown());
export type LooseBackground = z.infer<typeof looseBackground>;

const knownReader = z.object({
  id: z.string(),
  background: z.nullable(z.object({ updatedAt: z.nullable(z.string()) })),
});
export type KnownReader = z.infer<typeof knownReader>;
export const sessionAnswer = z.union([
  z.object({ session: z.null() }),
  z.object({ session: z.object({ id: z.string() }), reader: knownReader }),
]);

/** Better Auth's get-session, sign-in and sign-up all carry the user. */
export const userAnswer = z.nullable(z.object({ user: z.object({ email: z.string(), name: z.string() }) }));
export type User = NonNullable<z.infer<typeof userAnswer>>["user"];

const question = z.object({
  field: z.string(),
  kind: z.enum(["one", "many"]),
  label: z.string(),
  why: z.string(),
  options: z.array(z.object({ value: z.string(), label: z.string() })),
});
export type ShownQuestion = z.infer<typeof question>;
export const publicConfig = z.object({
  questionnaire: z.object({ version: z.string(), questions: z.array(question) }),
});
export type ShownQuestionnaire = z.infer<typeof publicConfig>["questionnaire"];

/** Better Auth's errors and our problems share these two names. */
export const refusal = z.object({ code: z.optional(z.string()) });
