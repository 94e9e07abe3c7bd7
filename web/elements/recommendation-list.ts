// "Recommended for you": pages of this site, each with the reasons the Worker gave. All of it is text, never markup.
import { html, nothing, type TemplateResult } from "lit";
import type { ShownRecommendation } from "../api/wire.ts";
import type { DialogView } from "../host.ts";
import { levelName, loaderTexts, reasonText, widgetTexts as texts } from "../locales/current.ts";
import { said } from "../locales/said.ts";
import { pageAddress } from "../page/page-address.ts";
import { StoreElement } from "./light-element.ts";

/** Reasons shown per page; the Worker sends the strongest first. */
const REASONS = 3;
/** Pages when the placeholder names no `limit`. */
export const DEFAULT_LIMIT = 4;

export class RecommendationList extends StoreElement {
  static override properties = {
    ...StoreElement.properties,
    limit: { attribute: false },
  };
  declare limit: number;

  constructor() {
    super();
    this.limit = DEFAULT_LIMIT;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // As much room as the list will take, while it is loading and when it does not come.
    this.style.setProperty("--limit", String(this.limit));
    this.store.lists.want(this.limit);
  }

  protected override render(): TemplateResult {
    const { reader, recommendations } = this.store;
    if (reader.status === "signed-out") return this.#invitation();
    const busy = recommendations.status === "loading" || reader.status === "checking";
    return html`<section aria-labelledby="title" aria-busy=${busy}>
      <h2 id="title" part="heading">${texts.recommended}</h2>
      <div class="frame">${this.#body()}</div>
    </section>`;
  }

  #body(): TemplateResult {
    const { reader, recommendations } = this.store;
    if (recommendations.status === "failed" || (recommendations.status === "none" && reader.status === "unreachable")) {
      return html`<p role="status">${texts.recommendationsFailed}</p>
        <button type="button" part="button" @click=${this.#retry}>${texts.tryAgain}</button>`;
    }
    const items = "items" in recommendations ? recommendations.items.slice(0, this.limit) : [];
    if (items.length > 0) {
      return html`<p class="unseen" role="status">
          ${recommendations.status === "ready" ? texts.recommendationsUpdated(items.length) : nothing}
        </p>
        <ol part="list">${items.map((item) => this.#item(item))}</ol>
        ${this.#answersLink()}`;
    }
    if (recommendations.status === "ready") {
      return html`<p role="status">${texts.noRecommendations}</p>${this.#answersLink()}`;
    }
    return html`<p class="unseen" role="status">${texts.loadingRecommendations}</p>
      <ol class="skeleton" aria-hidden="true">${Array.from({ length: this.limit }, () => html`<li></li>`)}</ol>`;
  }

  #item(item: ShownRecommendation): TemplateResult | typeof nothing {
    const href = pageAddress(item.path, location.href);
    if (href === undefined) return nothing;
    const first = item.readFirst.flatMap((page) => {
      const address = pageAddress(page.path, location.href);
      return address === undefined ? [] : [{ address, title: page.title }];
    });
    return html`<li part="item">
      <h3><a part="link" href=${href}>${item.title}</a></h3>
      <p class="facts">
        ${item.level === null ? nothing : html`<span>${levelName(item.level)}</span>`}
        ${item.minutes === null ? nothing : html`<span>${texts.minutes(item.minutes)}</span>`}
      </p>
      <p class="summary">${item.summary}</p>
      ${
        item.reasons.length === 0
          ? nothing
          : html`<ul class="reasons" part="reasons" aria-label=${texts.reasons}>
              ${item.reasons.slice(0, REASONS).map((reason) => html`<li>${said(reasonText(reason))}</li>`)}
            </ul>`
      }
      ${
        first.length === 0
          ? nothing
          : html`<p class="first">
              ${texts.readFirst}
              ${first.map((page, index) => html`${index === 0 ? "" : texts.comma}<a href=${page.address}>${page.title}</a>`)}
            </p>`
      }
    </li>`;
  }

  #retry(): void {
    if (this.store.reader.status === "guest") void this.store.lists.load();
    else void this.store.begin(true);
  }

  #answersLink(): TemplateResult | typeof nothing {
    const { reader } = this.store;
    if (reader.status !== "signed-in" && reader.status !== "guest") return nothing;
    return html`<button type="button" class="quiet" @click=${() => this.#open("questions")}>
      ${reader.hasAnswers ? texts.changeAnswers : texts.answerQuestions}
    </button>${this.dialogProblem()}`;
  }

  #invitation(): TemplateResult {
    return html`<section class="invitation" aria-labelledby="title">
      <h2 id="title" part="heading">${loaderTexts.invitationTitle}</h2>
      <p>${loaderTexts.invitation}</p>
      <button type="button" part="button" @click=${() => this.#open("questions")}>${loaderTexts.invitationAction}</button>
      ${this.dialogProblem()}
    </section>`;
  }

  #open(view: DialogView): void {
    // The button itself may be redrawn while the dialog is open; the heading's section stays.
    const opener = this.querySelector<HTMLElement>("button") ?? this;
    void this.widget.open(view, opener);
  }
}
