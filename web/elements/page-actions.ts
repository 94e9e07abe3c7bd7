// At the end of a page: save it, and say whether it was right. Whatever is pressed can be taken back in its place.
import { html, nothing, type TemplateResult } from "lit";
import type { ProgressEvent } from "../../src/core/progress-events.ts";
import type { Action, Feedback } from "../host.ts";
import { loaderTexts, widgetTexts as texts } from "../locales/current.ts";
import { currentPath } from "../page/page.ts";
import { isSaved } from "../reader/reading.ts";
import { StoreElement } from "./light-element.ts";

/** What pressing a button means, as events. "Not for me" also takes the page out of the recommendations. */
export function eventsFor(action: Exclude<Action, "remember">, page: string, at: string): ProgressEvent[] {
  if (action === "save") return [{ type: "save", page, at }];
  const said: ProgressEvent = { type: "feedback", page, at, feedback: action };
  return action === "not-for-me" ? [said, { type: "dismiss", page, at }] : [said];
}

const VERDICTS: readonly Feedback[] = ["too-easy", "too-hard", "not-for-me"];

export class PageActions extends StoreElement {
  static override properties = { ...StoreElement.properties, failed: { state: true }, undone: { state: true } };
  declare failed: boolean;
  declare undone: boolean;
  /** The page that both are about. */
  #page = "";

  constructor() {
    super();
    this.failed = false;
    this.undone = false;
  }

  protected override willUpdate(): void {
    const page = currentPath();
    if (page === this.#page) return;
    this.#page = page;
    this.failed = false;
    this.undone = false;
  }

  protected override render(): TemplateResult {
    const { reader, reading } = this.store;
    const page = reading.at(currentPath());
    const saved = page !== undefined && isSaved(page);
    const verdict = page?.feedback ?? undefined;
    return html`<div class="page" role="group" aria-label=${loaderTexts.thisPage}>
      <button type="button" part="button" class="chip" aria-pressed=${saved} @click=${() => this.#save(!saved)}>
        ${saved ? texts.saved : loaderTexts.save}
      </button>
      <span class="verdicts" role="group" aria-label=${loaderTexts.howWasIt}>
        <span class="ask" aria-hidden="true">${loaderTexts.howWasIt}</span>
        ${VERDICTS.map(
          (one) => html`<button
            type="button"
            part="button"
            class="chip"
            aria-pressed=${verdict === one}
            @click=${() => (verdict === one ? this.#takeBack() : this.#judge(one))}
          >
            ${loaderTexts.verdicts[one]}
          </button>`,
        )}
      </span>
      <p class="note" role="status">
        ${
          this.failed
            ? texts.notKept
            : verdict
              ? html`${texts.noted[verdict]}
                  <button type="button" class="quiet" @click=${this.#takeBack}>${texts.undo}</button>`
              : this.undone
                ? texts.takenBack
                : reader.status === "guest" && saved
                  ? texts.keptHere
                  : nothing
        }
      </p>
    </div>`;
  }

  async #act(events: readonly ProgressEvent[]): Promise<void> {
    this.failed = !(await this.store.act(events));
  }

  #save(on: boolean): void {
    this.undone = false;
    void this.#act([{ type: on ? "save" : "unsave", page: currentPath(), at: new Date().toISOString() }]);
  }

  #judge(verdict: Feedback): void {
    this.undone = false;
    void this.#act(eventsFor(verdict, currentPath(), new Date().toISOString()));
  }

  /** The button that was pressed to take it back is gone then: the focus goes to the verdict's own. */
  readonly #takeBack = async (): Promise<void> => {
    const pressed = this.querySelector<HTMLElement>(".verdicts [aria-pressed=true]");
    const page = currentPath();
    const at = new Date().toISOString();
    const dismissed = this.store.reading.at(page)?.feedback === "not-for-me";
    this.undone = true;
    await this.#act([
      { type: "feedback", page, at, feedback: null },
      ...(dismissed ? [{ type: "restore" as const, page, at }] : []),
    ]);
    pressed?.focus();
  };
}
