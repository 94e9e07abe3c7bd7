// The six rankers a new one has to beat: they know nothing of a reader but the pages already read.
import type { Data } from "./data.ts";
import { type Ranker, SEED } from "./metrics.ts";
import { PythonRandom } from "./python-random.ts";
import { sha256 } from "./read-data.ts";

const SHUFFLES = 20;
const K1 = 1.2;
const B = 0.75;

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];

function counts(words: Iterable<string>): Map<string, number> {
  const result = new Map<string, number>();
  for (const word of words) result.set(word, (result.get(word) ?? 0) + 1);
  return result;
}

/** Best score first; ties by the hash of the path. */
function ordered(data: Data, candidates: readonly string[], score: (id: string) => number): string[] {
  const hash = (id: string): string => data.hash.get(id) ?? "";
  return candidates
    .map((id) => ({ id, score: score(id) }))
    .sort((a, b) => b.score - a.score || (hash(a.id) < hash(b.id) ? -1 : 1))
    .map((one) => one.id);
}

/** The next pages of the site, beginning again at its start. */
function siteOrder(data: Data): Ranker {
  return ({ read, candidates }) => {
    const last = data.place.get(read.at(-1) ?? "") ?? 0;
    const ahead = (id: string): number => ((data.place.get(id) ?? 0) - last + data.ids.length) % data.ids.length;
    return [candidates.toSorted((a, b) => ahead(a) - ahead(b))];
  };
}

function random(): Ranker {
  return ({ path, read, candidates }) =>
    Array.from({ length: SHUFFLES }, (_, shuffle) => {
      const ids = candidates.toSorted();
      new PythonRandom(BigInt(`0x${sha256(`${SEED} ${path.id} ${read.length} ${shuffle}`)}`)).shuffle(ids);
      return ids;
    });
}

/** How many development paths have the page; on development paths, the path itself is not counted. */
function popularity(data: Data): Ranker {
  const popular = counts(data.paths.dev.flatMap((path) => path.pages));
  return ({ path, split, candidates }) => {
    const own = new Set(split === "dev" ? path.pages : []);
    return [ordered(data, candidates, (id) => (popular.get(id) ?? 0) - (own.has(id) ? 1 : 0))];
  };
}

/** Jaccard similarity between a page's terms and those of everything read. */
function overlap(data: Data, termsOf: (page: Data["pages"][number]) => readonly string[]): Ranker {
  const terms = new Map(data.pages.map((page) => [page.path, new Set(termsOf(page))]));
  return ({ read, candidates }) => {
    const known = new Set(read.flatMap((id) => [...(terms.get(id) ?? [])]));
    const similarity = (id: string): number => {
      const own = terms.get(id) ?? new Set<string>();
      const common = [...own].filter((term) => known.has(term)).length;
      return common / (own.size + known.size - common || 1);
    };
    return [ordered(data, candidates, similarity)];
  };
}

/** Okapi BM25 over title, summary and tags, with everything read as the query. */
function bm25(data: Data): Ranker {
  const words = new Map(
    data.pages.map((page) => [page.path, counts(wordsOf(`${page.title} ${page.summary} ${page.tags.join(" ")}`))]),
  );
  const documents = counts([...words.values()].flatMap((one) => [...one.keys()]));
  const total = data.pages.length;
  const idf = new Map([...documents].map(([word, n]) => [word, Math.log(1 + (total - n + 0.5) / (n + 0.5))]));
  const length = (id: string): number => [...(words.get(id) ?? [])].reduce((all, [, n]) => all + n, 0);
  const average = data.ids.reduce((all, id) => all + length(id), 0) / total;
  return ({ read, candidates }) => {
    const query = new Map<string, number>();
    for (const id of read) for (const [word, n] of words.get(id) ?? []) query.set(word, (query.get(word) ?? 0) + n);
    const score = (id: string): number => {
      const own = words.get(id) ?? new Map<string, number>();
      const norm = K1 * (1 - B + (B * length(id)) / average);
      let result = 0;
      for (const [word, n] of query) {
        const tf = own.get(word);
        if (tf !== undefined) result += (n * (idf.get(word) ?? 0) * tf * (K1 + 1)) / (tf + norm);
      }
      return result;
    };
    return [ordered(data, candidates, score)];
  };
}

export function baselines(data: Data): Record<string, Ranker> {
  return {
    random: random(),
    "site order": siteOrder(data),
    popularity: popularity(data),
    "tag overlap": overlap(data, (page) => page.tags),
    "tag+category overlap": overlap(data, (page) => [...page.tags, ...page.categories]),
    BM25: bm25(data),
  };
}
