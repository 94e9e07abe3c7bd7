// Asks the reader to prove once more who they are, above whatever they were doing: nothing they typed is lost, and what
// they did goes on once they have.
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { AccountForm } from "./account-form.ts";
import { call } from "./api.ts";
import { texts } from "./texts/current.ts";
import { raw } from "./wire.ts";

export class StepUpDialog extends AccountForm {
  static override properties: PropertyDeclarations = { ...AccountForm.properties, mailed: { state: true } };
  /** A code was mailed, and is asked for instead of the password. */
  declare mailed: boolean;
  #answer: ((proved: boolean) => void) | undefined;

  constructor() {
    super();
    this.mailed = false;
  }

  /** @returns whether they proved it */
  async ask(): Promise<boolean> {
    this.problem = "";
    this.mistakes = {};
    this.mailed = false;
    await this.updateComplete;
    this.querySelector("dialog")?.showModal();
    this.querySelector<HTMLElement>("input")?.focus();
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  protected override render(): TemplateResult {
    const methods = this.store.config?.methods;
    const { user } = this.store;
    const hasPassword = methods?.password === true;
    return html`<dialog aria-labelledby="step-up-title" @close=${this.#closed}>
      <h2 id="step-up-title">${texts.proveTitle}</h2>
      <p class="intro">${texts.proveIntro}</p>
      <form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submit}>
        ${this.problemLine()}
        <input class="unseen" type="text" autocomplete="username" tabindex="-1" aria-hidden="true" readonly .value=${user?.email ?? ""} />
        ${
          this.mailed
            ? html`<p role="status">${texts.proveSent}</p>
                ${this.field("code", texts.proveCode, { autocomplete: "one-time-code", inputmode: "numeric", maxlength: 10 })}`
            : hasPassword
              ? this.field("password", texts.password, { type: "password", autocomplete: "current-password" })
              : nothing
        }
        ${
          user?.twoFactorEnabled && (this.mailed || hasPassword)
            ? this.field("secondFactor", texts.proveSecond, { autocomplete: "one-time-code", maxlength: 40 })
            : nothing
        }
        ${
          this.mailed || hasPassword
            ? html`<button type="submit" class="main wide">
                ${this.busy ? texts.working : this.mailed ? texts.proveCodeAction : texts.provePassword}
              </button>`
            : nothing
        }
      </form>
      <div class="stack">
        ${
          methods?.passkey
            ? html`<button type="button" class="wide" @click=${this.#passkey}>${texts.provePasskey}</button>`
            : nothing
        }
        ${
          methods?.mail && !this.mailed
            ? html`<button type="button" class="wide" @click=${this.#mail}>${texts.proveSend}</button>`
            : nothing
        }
        <button type="button" class="wide" @click=${this.#close}>${texts.cancel}</button>
      </div>
    </dialog>`;
  }

  #close(): void {
    this.querySelector("dialog")?.close();
  }

  #closed(): void {
    this.clear("password", "code", "secondFactor");
    this.#answer?.(false);
    this.#answer = undefined;
  }

  #proved(): void {
    this.#answer?.(true);
    this.#answer = undefined;
    this.#close();
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const second = this.value("secondFactor").trim();
    const more = second === "" ? {} : { secondFactor: second };
    const code = this.value("code").trim();
    const sent = this.mailed
      ? await this.send(code === "" ? { code: texts.codeMissing } : {}, () =>
          call("POST", "/api/auth/prove/mail-code", raw, { code, ...more }),
        )
      : await this.send(this.checkPassword("password", true), () =>
          call("POST", "/api/auth/prove/password", raw, { password: this.value("password"), ...more }),
        );
    if (sent) this.#proved();
  }

  async #mail(): Promise<void> {
    const sent = await this.send({}, () => call("POST", "/api/auth/prove/mail-code/send", raw, {}));
    if (!sent) return;
    this.mailed = true;
    await this.updateComplete;
    this.input("code")?.focus();
  }

  async #passkey(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = "";
    const part = await import("./webauthn.ts").catch(() => undefined);
    this.problem = part ? await part.proveWithPasskey() : texts.partFailed;
    this.busy = false;
    if (this.problem === "") this.#proved();
  }
}
