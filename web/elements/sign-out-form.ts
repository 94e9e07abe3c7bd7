// Signing out asks what stays on this device. On a computer that others use too, nothing does unless they say so.
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { dialogTexts as texts } from "../locales/dialog-texts.ts";
import { signOut } from "../reader/account.ts";
import type { ReaderStore } from "../reader/reader-store.ts";

export class SignOutForm extends LitElement {
  static override properties: PropertyDeclarations = {
    keep: { state: true },
    busy: { state: true },
    failed: { state: true },
  };
  /** undefined until the reader chose. */
  declare keep: boolean | undefined;
  declare busy: boolean;
  declare failed: boolean;
  store: ReaderStore | undefined;

  constructor() {
    super();
    this.busy = false;
    this.failed = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  get #keeps(): boolean {
    return this.keep ?? !(this.store?.isPublic ?? true);
  }

  protected override render(): TemplateResult {
    const option = (keep: boolean, text: string) => html`<label class="option">
      <input type="radio" name="device" .checked=${this.#keeps === keep} @change=${() => {
        this.keep = keep;
      }} />
      ${text}
    </label>`;
    return html`
      <h2 id="docent-title" tabindex="-1" autofocus>${texts.signOutTitle}</h2>
      <form method="post" aria-busy=${this.busy} @submit=${this.#submit}>
        <fieldset>
          <legend>${texts.signOutAsk}</legend>
          <div class="options column">${option(true, texts.signOutKeep)} ${option(false, texts.signOutClear)}</div>
        </fieldset>
        <div class="actions">
          <p class="problem" role="alert">${this.failed ? texts.signOutFailed : nothing}</p>
          <button type="submit" class="main">${this.busy ? texts.working : texts.signOutAction}</button>
          <button type="button" @click=${this.#done}>${texts.cancel}</button>
        </div>
      </form>
    `;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (!this.store || this.busy) return;
    this.busy = true;
    this.failed = (await signOut(this.store, this.#keeps)) !== undefined;
    this.busy = false;
    if (!this.failed) this.#done();
  }

  #done(): void {
    this.dispatchEvent(new Event("docent-done"));
  }
}
