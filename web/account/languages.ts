// Which languages there are, and which one this reader gets: the one they chose, else the first of their browser's.

export const LANGUAGES = [
  ["en", "English"],
  ["ur", "اردو"],
] as const;
type Tag = (typeof LANGUAGES)[number][0];

const KEY = "docent:language";
const known = (tag: string | null): Tag | undefined => LANGUAGES.find(([one]) => one === tag)?.[0];

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** A choice, in the address, is remembered on this device. */
export function chosenLanguage(): Tag {
  const asked = known(new URLSearchParams(location.search).get("lang"));
  if (asked) {
    try {
      localStorage.setItem(KEY, asked);
    } catch {
      // Chosen for this page only.
    }
    return asked;
  }
  const preferred = navigator.languages.map((tag) => known(tag.toLowerCase().split("-")[0] ?? ""));
  return known(stored()) ?? preferred.find((tag) => tag !== undefined) ?? "en";
}
