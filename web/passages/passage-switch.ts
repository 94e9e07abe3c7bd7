// <docent-passages>: says for whom passages are shown, and shows the others. Drawn only on pages that have some for
// others. It knows nothing of passages: it shows what it is told, and says when it is pressed.

import { passageTexts } from "../locales/en.ts";
import type { Locale } from "../locales/locale.ts";
import passagesCss from "../styles/passages.css";
import { styleSheet } from "../styles/style-sheet.ts";
import tokensCss from "../styles/tokens.css";

/** Said by the element when the reader wants the other: everything, or only what is for them. Bubbles. */
export const SWITCHED = "docent-passages-switched";

export interface Switch {
  /** The reader's answers that passages are hidden by, as one text; empty while nothing on the page is for others. */
  readonly names: string;
  readonly all: boolean;
}

let sheet: CSSStyleSheet | undefined;

export class PassageSwitch extends HTMLElement {
  readonly #text = document.createElement("p");
  readonly #button = document.createElement("button");

  /** Once, before the first `show`. */
  #draw(locale: Locale | undefined): ShadowRoot {
    const root = this.attachShadow({ mode: "open" });
    sheet ??= styleSheet(tokensCss + passagesCss);
    root.adoptedStyleSheets = [sheet];
    this.lang = locale?.lang ?? "en";
    this.dir = locale?.dir ?? "ltr";
    const section = document.createElement("section");
    section.ariaLabel = (locale?.passages ?? passageTexts).title;
    this.#text.role = "status";
    this.#button.type = "button";
    this.#button.addEventListener("click", () => this.dispatchEvent(new Event(SWITCHED, { bubbles: true })));
    section.append(this.#text, this.#button);
    root.append(section);
    return root;
  }

  show({ names, all }: Switch, locale: Locale | undefined): void {
    this.hidden = names === "";
    if (names === "") return;
    if (!this.shadowRoot) this.#draw(locale);
    const texts = locale?.passages ?? passageTexts;
    const [text, label] = all ? [texts.everything, texts.onlyFor(names)] : [texts.shownFor(names), texts.showAll];
    // Written only when it changes: a status that is written again is read aloud again.
    if (this.#text.textContent !== text) this.#text.textContent = text;
    if (this.#button.textContent !== label) this.#button.textContent = label;
  }
}
