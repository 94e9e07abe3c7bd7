// Two placeholders about pages the reader knows: the one to continue with, and those they saved.
import { html, nothing, type TemplateResult } from "lit";
import { loaderTexts, widgetTexts as texts } from "../locales/current.ts";
import { currentPath, pageLanguage } from "../page/page.ts";
import { pageAddress } from "../page/page-address.ts";
import type { KnownPage } from "../reader/reading.ts";
import { StoreElement } from "./light-element.ts";

/** A link in the language of its page, where that is not this page's. */
export function pageLink({ path, title, lang }: KnownPage): TemplateResult | typeof nothing {
  const href = pageAddress(path, location.href);
  if (href === undefined) return nothing;
  return html`<a part="link" href=${href} lang=${lang === "" ? nothing : lang}>${title}</a>`;
}

export class ContinueLink extends StoreElement {
  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    const { status } = store.reader;
    if (status === "signed-out" || (status === "guest" && !store.remembers)) {
      return html`<button type="button" part="button" class="chip" @click=${this.#remember}>
        ${loaderTexts.remember}
      </button>`;
    }
    const page = store.reading.unfinished(currentPath(), pageLanguage());
    if (page) {
      return html`<p class="continue">${texts.continueWith} ${pageLink(page)}
        <span class="facts">${texts.percentRead(page.progress.percent)}</span></p>`;
    }
    return status === "guest" ? html`<p class="continue facts" tabindex="-1">${texts.remembersHere}</p>` : nothing;
  }

  /** The button is gone then; what stands in its place says what it did. */
  async #remember(): Promise<void> {
    await this.store.remember(true);
    await this.updateComplete;
    this.querySelector<HTMLElement>("[tabindex], a")?.focus();
  }
}

export class SavedPages extends StoreElement {
  protected override render(): TemplateResult | typeof nothing {
    const pages = this.store.reading.saved(pageLanguage());
    if (pages.length === 0) return nothing;
    return html`<section aria-labelledby="title">
      <h2 id="title" part="heading">${texts.savedPages}</h2>
      <ul class="known" part="list">
        ${pages.map(
          (page) => html`<li>
            ${pageLink(page)}
            <button type="button" class="quiet" aria-label=${texts.removeSaved(page.title)} @click=${() => this.#remove(page)}>
              ${texts.remove}
            </button>
          </li>`,
        )}
      </ul>
    </section>`;
  }

  async #remove({ path }: KnownPage): Promise<void> {
    await this.store.act([{ type: "unsave", page: path, at: new Date().toISOString() }]);
    await this.updateComplete;
    // The line is gone: the focus goes to the next one, or to the heading's place.
    this.querySelector<HTMLElement>("a, button")?.focus();
  }
}
