// Name, picture and address.
import { html, type TemplateResult } from "lit";
import { AccountForm, StoreView } from "./account-form.ts";
import { day, texts } from "./texts/current.ts";

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

export class ProfileView extends StoreView {
  protected override render(): TemplateResult {
    const { user } = this.store;
    if (!user) return html``;
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
        <p class="hint">${texts.memberSince(day(user.createdAt))}</p>
      </section>
    `;
  }
}
