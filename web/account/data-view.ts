// What is stored about the reader: to take along.
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { anything } from "../api/shape.ts";
import { StoreView } from "./account-form.ts";
import { explain } from "./explain.ts";
import { saveFile } from "./save-file.ts";
import { texts } from "./texts/current.ts";

export class YourDataView extends StoreView {
  static override properties: PropertyDeclarations = {
    ...StoreView.properties,
    busy: { state: true },
    problem: { state: true },
    done: { state: true },
  };
  declare busy: boolean;
  declare problem: string;
  declare done: string;

  constructor() {
    super();
    this.busy = false;
    this.problem = "";
    this.done = "";
  }

  protected override render(): TemplateResult {
    return html`<section class="card" aria-labelledby="data-export">
      <h2 id="data-export">${texts.exportTitle}</h2>
      <p class="intro">${texts.exportIntro}</p>
      <p class="problem" role="alert">${this.problem || nothing}</p>
      <div class="actions">
        <button type="button" class="main" @click=${this.#export}>${this.busy ? texts.working : texts.exportAction}</button>
        <p class="done" role="status">${this.done || nothing}</p>
      </div>
    </section>`;
  }

  async #export(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = "";
    this.done = "";
    const outcome = await this.store.ask("GET", "/api/export", anything);
    this.busy = false;
    if (outcome.ok) {
      saveFile(texts.exportName, "application/json", JSON.stringify(outcome.value, null, 2));
      this.done = texts.exported;
    } else this.problem = explain(outcome.failure).text;
  }
}
