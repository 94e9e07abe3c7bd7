// What is stored about the reader: to take along, and to have deleted.
import { html, type TemplateResult } from "lit";
import { AccountForm, StoreView } from "./account-form.ts";
import { saveFile } from "./save-file.ts";
import { texts } from "./texts/current.ts";
import { raw } from "./wire.ts";

export class ExportForm extends AccountForm {
  protected override render(): TemplateResult {
    return html`<form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submit}>
      ${this.problemLine()} ${this.submitRow(texts.exportAction)}
    </form>`;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const sent = await this.send({}, () => this.store.ask("GET", "/api/export", raw));
    if (!sent) return;
    saveFile(texts.exportName, "application/json", JSON.stringify(sent.value, null, 2));
    this.done = texts.exported;
  }
}

export class DeleteForm extends AccountForm {
  protected override render(): TemplateResult {
    return html`<form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submit}>
      ${this.problemLine()}
      <div class="field">
        <label class="check">
          <input
            type="checkbox"
            name="sure"
            aria-invalid=${this.mistakes.sure !== undefined}
            aria-describedby="delete-sure-mistake"
          />
          ${texts.deleteSure}
        </label>
        <p id="delete-sure-mistake" class="mistake">${this.mistakes.sure ?? ""}</p>
      </div>
      ${this.submitRow(texts.deleteAction, "danger")}
    </form>`;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const mistakes = this.checked("sure") ? {} : { sure: texts.deleteSureMissing };
    const sent = await this.send(mistakes, () => this.store.act("/api/auth/delete-user"));
    if (sent) this.store.ended(texts.deleted);
  }
}

export class YourDataView extends StoreView {
  protected override render(): TemplateResult {
    const { store } = this;
    return html`<section class="card" aria-labelledby="data-export">
        <h2 id="data-export">${texts.exportTitle}</h2>
        <p class="intro">${texts.exportIntro}</p>
        <account-export-form .store=${store}></account-export-form>
      </section>
      <section class="card" aria-labelledby="data-delete">
        <h2 id="data-delete">${texts.deleteTitle}</h2>
        <p>${texts.deleteIntro}</p>
        <ul class="dots">
          ${texts.deleteLost.map((lost) => html`<li>${lost}</li>`)}
        </ul>
        <p class="intro">${texts.deleteKept}</p>
        <p><strong>${texts.deleteFirst}</strong></p>
        <account-delete-form .store=${store}></account-delete-form>
      </section>`;
  }
}
