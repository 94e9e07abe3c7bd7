// What is asked of readers, as the widget reads it. Apart from wire.ts: only the dialog asks.
import { list, map, type Of, object, oneOf, optional, text } from "./shape.ts";

const question = object({
  field: text,
  kind: oneOf("one", "many"),
  label: text,
  why: text,
  options: list(object({ value: text, label: text })),
  /** By language; what is missing is shown as the owner wrote it. */
  translations: optional(map(object({ label: optional(text), why: optional(text), options: optional(map(text)) }))),
});
export type ShownQuestion = Of<typeof question>;
export const publicConfig = object({ questionnaire: object({ version: text, questions: list(question) }) });
export type ShownQuestionnaire = Of<typeof publicConfig>["questionnaire"];
