// How the reader proves who they are.
import { html, type TemplateResult } from "lit";
import { AccountForm, StoreView } from "./account-form.ts";
import { PASSWORD_LIMITS } from "./limits.ts";
import { texts } from "./texts/current.ts";

export class PasswordForm extends AccountForm {
  protected override render(): TemplateResult {
    return html`<form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submit}>
      ${this.problemLine()}
      <input class="unseen" type="text" autocomplete="username" tabindex="-1" aria-hidden="true" readonly .value=${this.store.user?.email ?? ""} />
      ${this.field("currentPassword", texts.currentPassword, { type: "password", autocomplete: "current-password" })}
      ${this.field("newPassword", texts.newPassword, {
        type: "password",
        autocomplete: "new-password",
        hint: texts.passwordHint(PASSWORD_LIMITS.min),
      })}
      ${this.showPasswords()}
      <label class="check"><input type="checkbox" name="keep" /> ${texts.keepOthers}</label>
      ${this.submitRow(texts.changePassword)}
    </form>`;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const body = {
      currentPassword: this.value("currentPassword"),
      newPassword: this.value("newPassword"),
      revokeOtherSessions: !this.checked("keep"),
    };
    const mistakes = { ...this.checkPassword("currentPassword", true), ...this.checkPassword("newPassword", false) };
    const sent = await this.send(mistakes, () => this.store.act("/api/auth/change-password", body));
    if (!sent) return;
    this.clear("currentPassword", "newPassword");
    this.done = texts.passwordChanged;
    await this.store.refresh();
  }
}

export class SecurityView extends StoreView {
  protected override render(): TemplateResult {
    return html`
      <section class="card" aria-labelledby="security-password">
        <h2 id="security-password">${texts.passwordTitle}</h2>
        <p class="intro">${texts.passwordChangeIntro}</p>
        <account-password-form .store=${this.store}></account-password-form>
      </section>
    `;
  }
}
