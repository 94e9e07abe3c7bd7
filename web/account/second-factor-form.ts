// The question for the second factor, which a sign-in has left open: a code of the app, or a backup code.
import { html, type TemplateResult } from "lit";
import { AccountForm } from "./account-form.ts";
import { call } from "./api.ts";
import { texts } from "./texts/current.ts";
import { raw } from "./wire.ts";

export class SecondFactorForm extends AccountForm {
  static override properties = { ...AccountForm.properties, backup: { state: true } };
  declare backup: boolean;

  constructor() {
    super();
    this.backup = false;
  }

  protected override render(): TemplateResult {
    const { backup } = this;
    return html`<p class="intro">${backup ? texts.backupCodeIntro : texts.secondFactorIntro}</p>
      <form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submit}>
        ${this.problemLine()}
        ${this.field("code", backup ? texts.backupCode : texts.code, {
          autocomplete: backup ? "off" : "one-time-code",
          inputmode: backup ? "text" : "numeric",
          maxlength: 40,
        })}
        <button type="submit" class="main wide">${this.busy ? texts.working : texts.verify}</button>
      </form>
      <p class="switch">
        <button type="button" class="link" @click=${this.#switch}>${backup ? texts.useApp : texts.useBackupCode}</button>
      </p>`;
  }

  async #switch(): Promise<void> {
    this.backup = !this.backup;
    this.mistakes = {};
    this.problem = "";
    this.clear("code");
    await this.updateComplete;
    this.input("code")?.focus();
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const typed = this.value("code").trim();
    const code = this.backup ? typed : typed.replaceAll(/\s/g, "");
    const path = this.backup ? "verify-backup-code" : "verify-totp";
    const mistakes = code === "" ? { code: texts.codeMissing } : {};
    const sent = await this.send(mistakes, () => call("POST", `/api/auth/two-factor/${path}`, raw, { code }));
    if (!sent) return;
    this.busy = true;
    this.problem = await this.store.enter(this.store.beganWith || "password");
    this.busy = false;
  }
}
