// Asks for a mail with a link: one that signs in, or one that sets a new password. What is said afterwards is the same
// for an address that has an account and for one that has none.
import { html, type TemplateResult } from "lit";
import { AccountForm } from "./account-form.ts";
import { call } from "./api.ts";
import { lang, texts } from "./texts/current.ts";
import { raw } from "./wire.ts";

export class SendMailForm extends AccountForm {
  static override properties = {
    ...AccountForm.properties,
    kind: { attribute: false },
    sentTo: { state: true },
  };
  declare kind: "magic-link" | "reset-password";
  /** Where the mail went. */
  declare sentTo: string;

  constructor() {
    super();
    this.kind = "magic-link";
    this.sentTo = "";
  }

  protected override render(): TemplateResult {
    const reset = this.kind === "reset-password";
    if (this.sentTo !== "") {
      return html`<div role="status">
        <h2 tabindex="-1">${texts.checkMail}</h2>
        <p>${reset ? texts.forgotSent(this.sentTo) : texts.linkSent(this.sentTo)}</p>
      </div>`;
    }
    return html`<p class="intro">${reset ? texts.forgotIntro : texts.linkIntro}</p>
      <form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submit}>
        ${this.problemLine()}
        ${this.field("email", texts.email, { type: "email", autocomplete: "username" })}
        <button type="submit" class="main wide">${this.busy ? texts.working : texts.sendLink}</button>
      </form>`;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const email = this.value("email").trim();
    const sent = await this.send(this.checkEmail(), () =>
      this.kind === "reset-password"
        ? call("POST", "/api/auth/request-password-reset", raw, { email, lang })
        : call("POST", "/api/auth/sign-in/magic-link", raw, {
            email,
            lang,
            ...(this.store.flow !== undefined && { flow: this.store.flow }),
          }),
    );
    if (!sent) return;
    this.sentTo = email;
    await this.updateComplete;
    this.querySelector<HTMLElement>("h2")?.focus();
  }
}
