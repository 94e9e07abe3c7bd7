// Full-text scoring: BM25F (Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, 3.6).
// Own code and not a search library: the query is a set of pages, not a string; a true reason needs the share of each
// page and term in the score; and diversity compares two pages. Search libraries return one number per result.

/** A field's weight, and how far its length discounts it. Lists of terms are not more verbose for being longer. */
interface Field {
  weight: number;
  lengthDiscount: number;
}
export const FIELDS = {
  title: { weight: 2, lengthDiscount: 0.5 },
  summary: { weight: 1, lengthDiscount: 0.75 },
  tags: { weight: 1, lengthDiscount: 0 },
  categories: { weight: 1, lengthDiscount: 0 },
  /** Programming languages, tools and hardware the page is about. */
  subjects: { weight: 1, lengthDiscount: 0 },
} as const satisfies Record<string, Field>;
type FieldName = keyof typeof FIELDS;
const NAMES = Object.keys(FIELDS) as FieldName[];
export type Document = Readonly<Record<FieldName, string>>;

/** How soon a repeated term stops counting: BM25's k1. */
const SATURATION = 1.2;
/** Words are cut here, a stemmer for every language: "Datenbank" meets "Datenbanken". */
const STEM_LENGTH = 8;
/** So much shared vocabulary, in terms that only one page has, counts as 1. */
const UNIT = 2;

/** Weights of a page's terms, by term number. A term that every page has weighs next to nothing. */
export interface TermVector {
  readonly terms: Int32Array;
  readonly weights: Float64Array;
  /** Euclidean length; 1 for a page without terms, so that it can divide. */
  readonly length: number;
}

export interface TextIndex {
  readonly vectors: readonly TermVector[];
  readonly termCount: number;
  /** A term vector of words that come from a reader's answers; words no page has are left out. */
  vectorOf(text: string): TermVector;
}

const UNSPACED = "[\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Thai}]";
const WORDS = new RegExp(`${UNSPACED}+|[\\p{L}\\p{M}\\p{N}+#]+`, "gu");
const STARTS_UNSPACED = new RegExp(`^${UNSPACED}`, "u");

/**
 * Words in lower case, cut to stems. Scripts written without spaces become pairs of characters, which needs no
 * dictionary and gives every engine the same result (Intl.Segmenter does not).
 */
export function stemsOf(text: string): string[] {
  return (text.normalize("NFKC").toLowerCase().match(WORDS) ?? []).flatMap((word) =>
    word.length > 2 && STARTS_UNSPACED.test(word)
      ? Array.from({ length: word.length - 1 }, (_, at) => word.slice(at, at + 2))
      : [word.slice(0, STEM_LENGTH)],
  );
}

/** Counts the terms of all documents of one language; the expensive part of `prepare`. */
export function indexText(documents: readonly Document[]): TextIndex {
  const numbers = new Map<string, number>();
  const numberOf = (stem: string): number => {
    const number = numbers.get(stem) ?? numbers.size;
    numbers.set(stem, number);
    return number;
  };
  const fields = NAMES.map((name) => {
    const terms = documents.map((document) => stemsOf(document[name]).map(numberOf));
    const meanLength = terms.reduce((sum, own) => sum + own.length, 0) / documents.length || 1;
    return { ...FIELDS[name], terms, meanLength };
  });
  const frequencies = documents.map((_, document) => {
    const frequency = new Map<number, number>();
    for (const { weight, lengthDiscount, terms, meanLength } of fields) {
      const own = terms[document] ?? [];
      const one = weight / (1 - lengthDiscount + (lengthDiscount * own.length) / meanLength);
      for (const term of own) frequency.set(term, (frequency.get(term) ?? 0) + one);
    }
    return frequency;
  });
  const having = new Float64Array(numbers.size);
  for (const frequency of frequencies) for (const term of frequency.keys()) having[term] = (having[term] ?? 0) + 1;

  /** 1 for a term that one page has, towards 0 for one that all have. */
  const rarity = having.map((count) => idf(count, documents.length) / idf(1, documents.length));
  const vectorFrom = (frequency: ReadonlyMap<number, number>): TermVector => {
    const terms = Int32Array.from(frequency.keys());
    const weights = Float64Array.from(frequency, ([term, tf]) => ((rarity[term] ?? 0) * tf) / (SATURATION + tf));
    return { terms, weights, length: Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0)) || 1 };
  };
  return {
    termCount: numbers.size,
    vectors: frequencies.map(vectorFrom),
    vectorOf: (text) =>
      vectorFrom(
        new Map(
          stemsOf(text).flatMap((stem) => {
            const term = numbers.get(stem);
            return term === undefined ? [] : [[term, 1]];
          }),
        ),
      ),
  };
}

/** Inverse document frequency, never negative (BM25's, with 1 added). */
function idf(having: number, all: number): number {
  return Math.log(1 + (all - having + 0.5) / (having + 0.5));
}

/** Weights by term number: a sum of weighted vectors, dense so that comparing a page is one pass over its terms. */
export type Query = Float64Array;

export function addTo(query: Query, { terms, weights }: TermVector, factor: number): void {
  for (let at = 0; at < terms.length; at++) {
    const term = terms[at] ?? 0;
    query[term] = (query[term] ?? 0) + factor * (weights[at] ?? 0);
  }
}

/** How much vocabulary a page shares with the query: 0 and up. */
export function dot(query: Query, { terms, weights }: TermVector): number {
  let total = 0;
  for (let at = 0; at < terms.length; at++) total += (query[terms[at] ?? 0] ?? 0) * (weights[at] ?? 0);
  return total;
}

/** The measure of the "text" part: doubling what is shared adds as much again, however long the history. */
export const textScore = (shared: number): number => Math.log2(1 + shared / UNIT);
