// Which readers a passage of a page is for: `data-for="os:linux level:beginner"`. Pure, and small: `judgePassage` is
// in the inline tag, which has a kilobyte, so what can be worked out before is in the patterns (passage-facts.ts).

/**
 * What is known about a reader, by key: what a value must match to be theirs, or nothing for a key that they have not
 * answered. A key that is missing is one that nobody knows. `!os` has what a value must match not to be theirs.
 */
export type FactPatterns = ReadonlyMap<string, string>;

/**
 * What speaks for a passage (true) and against it (false), by key; a term with `!` stands for itself. Terms are
 * separated by spaces: several values of one key are alternatives, different keys and each `!key:value` must all fit.
 * Nothing speaks against a mistake: a passage with a term that is no `key:value`, or of a key that nobody knows, is
 * everybody's.
 */
export function judgePassage(expression: string, known: FactPatterns): Record<string, boolean> {
  const verdict: Record<string, boolean> = {};
  // Of a term that is no `key:value` either the value is missing, or the key is a word that nobody knows.
  for (const [term, key = "", value] of expression.matchAll(/([^\s:]+):?(\S*)/g)) {
    const pattern = known.get(key);
    if (!value || pattern == null) return {};
    // "!" is the only character of a key that sorts before "#".
    if (pattern) verdict[key < "#" ? term : key] ||= RegExp(pattern, "iu").test(value);
  }
  return verdict;
}

/** Whether a passage with this verdict is shown. */
export const isShown = (verdict: Readonly<Record<string, boolean>>): boolean => !Object.values(verdict).includes(false);

/** The keys of the answers that speak against a passage. */
export const keysAgainst = (verdict: Readonly<Record<string, boolean>>): string[] =>
  Object.keys(verdict).flatMap((key) => (verdict[key] ? [] : key.replace(/^!([^:]*).*/, "$1")));

/** The first term that is a mistake, if there is one: nothing says so but this, because the passage is just shown. */
export function mistakeIn(
  expression: string,
  known: FactPatterns,
): { kind: "malformed" | "unknown-key"; term: string } | undefined {
  for (const [term] of expression.matchAll(/\S+/g)) {
    const [, key, value] = /^([^:]+):(.+)/.exec(term) ?? [];
    if (key === undefined || !value || key === "!") return { kind: "malformed", term };
    if (!known.has(key)) return { kind: "unknown-key", term };
  }
  return undefined;
}
