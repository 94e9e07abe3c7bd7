// The languages that mails are written in, and which of them a reader wants. Pure.

export const LANGUAGES = ["en", "ur"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language of a tag (BCP 47), `ur-PK` like `ur`; undefined for one that no mail is written in. */
export function languageOf(tag: string | null | undefined): Language | undefined {
  const primary = tag?.trim().toLowerCase().split("-")[0];
  return LANGUAGES.find((language) => language === primary);
}

/** Tags of an `Accept-Language` header that are looked at. */
const MAX_TAGS = 20;

/** The language that an `Accept-Language` header likes best; undefined when it names none of ours. */
export function acceptedLanguage(header: string | null): Language | undefined {
  let best: { language: Language; quality: number } | undefined;
  for (const part of (header ?? "").slice(0, 1000).split(",").slice(0, MAX_TAGS)) {
    const [tag, ...parameters] = part.split(";");
    const language = languageOf(tag);
    const weight = parameters.map((parameter) => /^\s*q=([01](?:\.\d{1,3})?)\s*$/i.exec(parameter)?.[1]).find(Boolean);
    const quality = weight === undefined ? 1 : Number(weight);
    if (language && quality > (best?.quality ?? 0)) best = { language, quality };
  }
  return best?.language;
}
