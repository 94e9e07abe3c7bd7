// The password: changed by who knows it, set by who has none.
import { html, nothing, type TemplateResult } from "lit";
import { AccountForm } from "./account-form.ts";
import { PASSWORD_LIMITS } from "./limits.ts";
import { texts } from "./texts/current.ts";

export class PasswordForm extends AccountForm {
  static override properties = { ...AccountForm.properties, has: { attribute: false } };
  /** There is one already. */
  declare has: boolean;

  constructor() {
    super();
    this.has = true;
  }

  protected override render(): TemplateResult {
    return html`<form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submit}>
      ${this.problemLine()}
      <input class="unseen" type="text" autocomplete="username" tabindex="-1" aria-hidden="true" readonly .value=${this.store.user?.email ?? ""} />
      ${
        this.has
          ? this.field("currentPassword", texts.currentPassword, { type: "password", autocomplete: "current-password" })
          : nothing
      }
      ${this.field("newPassword", texts.newPassword, {
        type: "password",
        autocomplete: "new-password",
        hint: texts.passwordHint(PASSWORD_LIMITS.min),
      })}
      ${this.showPasswords()}
      ${this.has ? html`<label class="check"><input type="checkbox" name="keep" /> ${texts.keepOthers}</label>` : nothing}
      ${this.submitRow(this.has ? texts.changePassword : texts.setPassword)}
    </form>`;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const newPassword = this.value("newPassword");
    const sent = this.has
      ? await this.send(
          { ...this.checkPassword("currentPassword", true), ...this.checkPassword("newPassword", false) },
          () =>
            this.store.act("/api/auth/change-password", {
              currentPassword: this.value("currentPassword"),
              newPassword,
              revokeOtherSessions: !this.checked("keep"),
            }),
        )
      : await this.send(this.checkPassword("newPassword", false), () =>
          this.store.act("/api/auth/set-password", { newPassword }),
        );
    if (!sent) return;
    this.clear("currentPassword", "newPassword");
    this.done = this.has ? texts.passwordChanged : texts.passwordSet;
    this.dispatchEvent(new Event("changed", { bubbles: true }));
    await this.store.refresh();
  }
}
