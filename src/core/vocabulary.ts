// The words that readers, pages and docs generators use for the same thing, brought to one spelling.
// Pure: no Worker, DOM or Node types here (this folder's tsconfig enforces it).

/** Levels from easiest to hardest; the index is the distance the ranker measures. */
export const LEVELS = ["beginner", "intermediate", "advanced", "expert"] as const;
export type Level = (typeof LEVELS)[number];

/** Operating systems a reader can work on. Phones are devices in `hardwareSetup`, not workplaces. */
export const OPERATING_SYSTEMS = ["linux", "macos", "windows"] as const;
export type OperatingSystem = (typeof OPERATING_SYSTEMS)[number];

/**
 * Spellings met in the wild, by canonical term. Docs generators match tabs by label, so "Mac OS" on a page
 * must meet "macos" in a reader's answers.
 */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  linux: ["ubuntu", "debian", "fedora", "gnu/linux", "wsl", "wsl2"],
  macos: ["mac", "mac os", "mac os x", "os x", "osx", "darwin"],
  windows: ["win", "win32", "win64", "ms windows", "microsoft windows", "windows 10", "windows 11"],
  "c++": ["cpp", "cxx", "c plus plus"],
  "c#": ["csharp", "c sharp"],
  javascript: ["js", "node.js", "nodejs", "ecmascript"],
  typescript: ["ts"],
  python: ["py", "python3", "python 3"],
  go: ["golang"],
  bash: ["shell", "sh", "zsh"],
  "ros 2": ["ros2", "ros-2"],
};

const CANONICAL: ReadonlyMap<string, string> = new Map(
  Object.entries(ALIASES).flatMap(([term, spellings]) => spellings.map((spelling) => [spelling, term] as const)),
);

/**
 * One spelling for a term: lower case, single spaces, NFC, known aliases resolved.
 * Unknown terms come back normalised but otherwise as they are: owners have their own vocabularies.
 */
export function canonicalTerm(term: string): string {
  const folded = term.normalize("NFC").trim().toLowerCase().replace(/\s+/g, " ");
  return CANONICAL.get(folded) ?? folded;
}

/** Every spelling of a canonical term, itself first. */
export const spellingsOf = (canonical: string): readonly string[] => [
  canonical,
  ...(Object.hasOwn(ALIASES, canonical) ? (ALIASES[canonical] ?? []) : []),
];

/**
 * The operating system a page names, without its version: "Ubuntu 24.04 LTS" is "linux", "macOS 15" is "macos".
 * Systems nobody can work on come back as they are.
 */
export function operatingSystemTerm(term: string): string {
  return canonicalTerm(canonicalTerm(term).replace(/[\s-]*\d[\d.]*(\s*lts)?$/, ""));
}
