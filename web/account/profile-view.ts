// Name, picture and address.
import { html, nothing, type TemplateResult } from "lit";
import { AccountForm, StoreView } from "./account-form.ts";
import { call } from "./api.ts";
import { day, lang, texts } from "./texts/current.ts";
import { raw } from "./wire.ts";

export class ProfileForm extends AccountForm {
  protected override render(): TemplateResult {
    const { user } = this.store;
    return html`<form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submit}>
      ${this.problemLine()}
      ${this.field("name", texts.name, { autocomplete: "name", hint: texts.nameHint, value: user?.name ?? "" })}
      ${this.field("image", texts.picture, {
        type: "url",
        autocomplete: "photo",
        inputmode: "url",
        hint: texts.pictureHint,
        value: user?.image ?? "",
        maxlength: 512,
      })}
      ${this.submitRow(texts.save)}
    </form>`;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const [name, image] = [this.value("name").trim(), this.value("image").trim()];
    const mistakes = {
      ...(/\p{Cc}/u.test(name) && { name: texts.nameInvalid }),
      ...(image !== "" && !/^https:\/\/[^\s"'<>\\]+$/.test(image) && { image: texts.pictureInvalid }),
    };
    const sent = await this.send(mistakes, () =>
      this.store.act("/api/auth/update-user", { name, image: image === "" ? null : image }),
    );
    if (!sent) return;
    this.done = texts.saved;
    await this.store.refresh();
  }
}

/** Asks for a change of the address, which both mailboxes confirm. */
export class AddressForm extends AccountForm {
  protected override render(): TemplateResult {
    return html`<form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submit}>
      ${this.problemLine()}
      ${this.field("email", texts.newEmail, { type: "email", autocomplete: "email", hint: texts.changeAddressIntro })}
      ${this.submitRow(texts.changeAddress, "plain")}
    </form>`;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const newEmail = this.value("email").trim();
    const sent = await this.send(this.checkEmail(), () => this.store.act("/api/auth/change-email", { newEmail, lang }));
    if (!sent) return;
    this.clear("email");
    this.done = texts.changeAsked;
  }
}

/** Sends the mail with which the address is confirmed once more. */
export class VerifyAddressForm extends AccountForm {
  protected override render(): TemplateResult {
    return html`<p class="intro">${texts.verifyWhy}</p>
      <form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submit}>
        ${this.problemLine()} ${this.submitRow(texts.sendAgain, "plain")}
      </form>`;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const email = this.store.user?.email ?? "";
    const sent = await this.send({}, () => call("POST", "/api/auth/send-verification-email", raw, { email, lang }));
    if (sent) this.done = texts.sentAgain;
  }
}

export class ProfileView extends StoreView {
  protected override render(): TemplateResult {
    const { user, config } = this.store;
    if (!user) return html``;
    const mail = config?.methods.mail === true;
    return html`
      <section class="card" aria-labelledby="profile-name">
        <h2 id="profile-name">${texts.nameAndPicture}</h2>
        <p class="intro">${texts.profileIntro}</p>
        <account-profile-form .store=${this.store}></account-profile-form>
      </section>
      <section class="card" aria-labelledby="profile-address">
        <h2 id="profile-address">${texts.address}</h2>
        <p class="row">
          <span class="value" dir="ltr">${user.email}</span>
          <span class=${user.emailVerified ? "tag good" : "tag"}>
            ${user.emailVerified ? texts.addressVerified : texts.addressUnverified}
          </span>
        </p>
        ${
          mail && !user.emailVerified
            ? html`<account-verify-address-form .store=${this.store}></account-verify-address-form>`
            : nothing
        }
        ${mail ? html`<account-address-form .store=${this.store}></account-address-form>` : nothing}
        <p class="hint">${texts.memberSince(day(user.createdAt))}</p>
      </section>
    `;
  }
}
