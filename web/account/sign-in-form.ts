// Signing in and signing up with a password. Both forms are one element, so that what was typed stays when the reader
// changes their mind.
import { html, nothing, type TemplateResult } from "lit";
import { AccountForm } from "./account-form.ts";
import { call } from "./api.ts";
import { PASSWORD_LIMITS } from "./limits.ts";
import { lang, texts } from "./texts/current.ts";
import { raw, signInAnswer } from "./wire.ts";

export class SignInForm extends AccountForm {
  static override properties = {
    ...AccountForm.properties,
    mode: { attribute: false },
    isPublic: { state: true },
    unconfirmed: { state: true },
  };
  declare mode: "sign-in" | "sign-up";
  /** Others use this computer too. */
  declare isPublic: boolean;
  /** The address that has to be confirmed before anybody is signed in with it, and what is said about that. */
  declare unconfirmed: { email: string; text: string } | undefined;

  constructor() {
    super();
    this.mode = "sign-in";
    this.isPublic = false;
    this.unconfirmed = undefined;
  }

  protected override render(): TemplateResult {
    const up = this.mode === "sign-up";
    return html`<form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submit}>
      ${this.problemLine()}
      ${
        this.unconfirmed
          ? html`<div class="notice" role="status">
              <p>${this.unconfirmed.text}</p>
              <button type="button" class="link" @click=${this.#sendAgain}>${texts.confirmAgain}</button>
            </div>`
          : nothing
      }
      ${this.field("email", texts.email, { type: "email", autocomplete: up ? "email" : "username" })}
      ${this.field("password", texts.password, {
        type: "password",
        autocomplete: up ? "new-password" : "current-password",
        ...(up && { hint: texts.passwordHint(PASSWORD_LIMITS.min) }),
      })}
      ${this.showPasswords()}
      <label class="check">
        <input
          type="checkbox"
          name="public"
          aria-describedby="public-hint"
          .checked=${this.isPublic}
          @change=${(event: Event) => {
            this.isPublic = event.target instanceof HTMLInputElement && event.target.checked;
          }}
        />
        ${texts.publicComputer}
      </label>
      <p id="public-hint" class="hint">${this.isPublic ? texts.publicHint : nothing}</p>
      <button type="submit" class="main wide">${this.busy ? texts.working : up ? texts.signUpAction : texts.signIn}</button>
    </form>`;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const up = this.mode === "sign-up";
    const [email, password] = [this.value("email").trim(), this.value("password")];
    const body = { email, password, rememberMe: !this.isPublic };
    const sent = await this.send(
      { ...this.checkEmail(), ...this.checkPassword("password", !up) },
      () =>
        up
          ? call("POST", "/api/auth/sign-up/email", signInAnswer, { ...body, name: "", lang })
          : call("POST", "/api/auth/sign-in/email", signInAnswer, body),
      (failure) => {
        const waits = failure.kind === "refused" && failure.code === "EMAIL_NOT_VERIFIED";
        if (waits) this.unconfirmed = { email, text: texts.notVerified };
        return waits;
      },
    );
    if (!sent) return;
    this.store.beganWith = "password";
    if (up && sent.value.token === null) {
      // The form to sign in, with what was typed still in it: whoever has opened the link only presses the button.
      this.unconfirmed = { email, text: texts.confirmSent(email) };
      location.hash = "sign-in";
      return;
    }
    if (sent.value.twoFactorRedirect) {
      this.clear("password");
      location.hash = "second-factor";
      return;
    }
    this.unconfirmed = undefined;
    this.busy = true;
    this.problem = await this.store.enter("password");
    this.busy = false;
  }

  async #sendAgain(): Promise<void> {
    const { email = "" } = this.unconfirmed ?? {};
    const sent = await this.send({}, () => call("POST", "/api/auth/send-verification-email", raw, { email, lang }));
    if (sent) this.unconfirmed = { email, text: texts.confirmSentAgain };
  }
}
