// In which language to write to whoever sends a request: the page's word, what is stored, or the browser's.
import { acceptedLanguage, type Language, languageOf } from "../core/language.ts";

/**
 * @param lang the language of the page, where it says one
 * @param stored the reader's own, where they are known
 */
export function writtenLanguage(headers: Headers, lang?: string | undefined, stored?: string | null): Language | null {
  return languageOf(lang) ?? languageOf(stored) ?? acceptedLanguage(headers.get("accept-language")) ?? null;
}
