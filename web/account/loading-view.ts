// The base of views that show a list of the Worker's: loads it when it is shown, offers to try again when that fails, and
// loads it anew after something was done to it.
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { StoreView } from "./account-form.ts";
import type { Outcome } from "./api.ts";
import { explain } from "./explain.ts";
import { texts } from "./texts/current.ts";

export abstract class LoadingView<T> extends StoreView {
  static override properties: PropertyDeclarations = {
    ...StoreView.properties,
    content: { state: true },
    failed: { state: true },
    busy: { state: true },
    problem: { state: true },
    done: { state: true },
  };
  declare content: T | undefined;
  declare failed: boolean;
  declare busy: boolean;
  declare problem: string;
  declare done: string;

  constructor() {
    super();
    this.content = undefined;
    this.failed = false;
    this.busy = false;
    this.problem = "";
    this.done = "";
  }

  protected abstract load(): Promise<Outcome<T>>;
  protected abstract loaded(content: T): TemplateResult;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.reload();
  }

  protected override render(): TemplateResult {
    if (this.content !== undefined) return this.loaded(this.content);
    if (!this.failed) return html`<p class="waiting" role="status">${texts.loading}</p>`;
    return html`<div class="card" role="alert">
      <p>${texts.loadFailed}</p>
      <button type="button" @click=${this.reload}>${texts.tryAgain}</button>
    </div>`;
  }

  protected statusLines(): TemplateResult {
    return html`<p class="problem" role="alert">${this.problem || nothing}</p>
      <p class="done" role="status">${this.done || nothing}</p>`;
  }

  protected async reload(): Promise<void> {
    this.failed = false;
    const outcome = await this.load();
    if (outcome.ok) this.content = outcome.value;
    // What is shown stays: it was true a moment ago.
    else if (this.content === undefined) this.failed = true;
  }

  /** Does something to what is shown, says so, and loads it anew. The focus goes to what was said where its button went. */
  protected async run(act: () => Promise<Outcome<unknown>>, done: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = "";
    this.done = "";
    const outcome = await act();
    if (outcome.ok) {
      await this.reload();
      this.done = done;
    } else this.problem = explain(outcome.failure).text;
    this.busy = false;
    await this.updateComplete;
    if (document.activeElement === document.body || document.activeElement === null) {
      this.querySelector<HTMLElement>("h2")?.focus();
    }
  }
}
