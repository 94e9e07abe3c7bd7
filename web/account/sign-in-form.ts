// Signing in and signing up with a password. Both forms are one element, so that what was typed stays when the reader
// changes their mind.
import { html, nothing, type TemplateResult } from "lit";
import { AccountForm } from "./account-form.ts";
import { call } from "./api.ts";
import { PASSWORD_LIMITS } from "./limits.ts";
import { texts } from "./texts/current.ts";
import { signInAnswer } from "./wire.ts";

export class SignInForm extends AccountForm {
  static override properties = { ...AccountForm.properties, mode: { attribute: false }, isPublic: { state: true } };
  declare mode: "sign-in" | "sign-up";
  /** Others use this computer too. */
  declare isPublic: boolean;

  constructor() {
    super();
    this.mode = "sign-in";
    this.isPublic = false;
  }

  protected override render(): TemplateResult {
    const up = this.mode === "sign-up";
    return html`<form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submit}>
      ${this.problemLine()}
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
    const sent = await this.send({ ...this.checkEmail(), ...this.checkPassword("password", !up) }, () =>
      up
        ? call("POST", "/api/auth/sign-up/email", signInAnswer, { ...body, name: "" })
        : call("POST", "/api/auth/sign-in/email", signInAnswer, body),
    );
    if (!sent) return;
    this.store.beganWith = "password";
    if (up && sent.value.token === null) {
      this.clear("password");
      this.store.changed({ notice: texts.confirmSent(email) });
      return;
    }
    if (sent.value.twoFactorRedirect) {
      this.clear("password");
      location.hash = "second-factor";
      return;
    }
    this.busy = true;
    this.problem = await this.store.enter("password");
    this.busy = false;
  }
}
