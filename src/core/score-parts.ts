// The named parts of a recommendation's score. Apart from the wire schema, so that the ranker in a reader's browser
// does not bring a schema library with it.

/**
 * A reason names the part it came from, so that a widget can put it in the reader's language and a test can check that
 * the part truly raised the score.
 */
export const PARTS = [
  "text",
  "tag",
  "category",
  "series",
  "section",
  "order",
  "prerequisite",
  "follow-up",
  "level",
  "operating-system",
  "language",
  "tool",
  "hardware",
  "domain",
  "preference",
  "changed",
] as const;
export type Part = (typeof PARTS)[number];
