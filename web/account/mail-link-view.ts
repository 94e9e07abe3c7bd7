// What a mail's link opens. It says whose link it is and what it does; nothing is used up before a button is pressed,
// so that a scanner that opens every link of a mail does no harm.
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { AccountForm } from "./account-form.ts";
import type { LinkKind } from "./address.ts";
import { call } from "./api.ts";
import { PASSWORD_LIMITS } from "./limits.ts";
import { texts } from "./texts/current.ts";
import { confirmChangeAnswer, type Look, lookAnswer, type Removed, redeemAnswer, removedAnswer } from "./wire.ts";

type State = "looking" | "unreachable" | "over" | "open" | "done";

const PATHS: Readonly<Record<LinkKind, string>> = {
  "verify-address": "/api/auth/verify-email",
  "magic-link": "/api/auth/magic-link/verify",
  "reset-password": "/api/auth/reset-password",
  "change-address": "/api/auth/confirm-email-change",
  "confirm-address": "/api/auth/confirm-email-change",
};

export class MailLinkView extends AccountForm {
  static override properties: PropertyDeclarations = {
    ...AccountForm.properties,
    kind: { attribute: false },
    state: { state: true },
  };
  declare kind: LinkKind;
  declare state: State;
  /** Of the link. Kept here and nowhere else. */
  token = "";
  #look: Look | undefined;
  #removed: Removed | undefined;
  #said = "";

  constructor() {
    super();
    this.kind = "magic-link";
    this.state = "looking";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#lookAt();
  }

  async #lookAt(): Promise<void> {
    this.state = "looking";
    const answer = await call("POST", "/api/auth/mail-links/look", lookAnswer, { kind: this.kind, token: this.token });
    if (answer.ok) {
      this.#look = answer.value;
      this.state = "open";
    } else this.state = answer.failure.kind === "refused" && answer.failure.status !== 429 ? "over" : "unreachable";
  }

  protected override updated(): void {
    const title = this.querySelector("h1")?.textContent?.trim();
    if (title) document.title = title;
  }

  protected override render(): TemplateResult {
    const look = this.#look;
    if (this.state === "looking") return html`<p class="waiting" role="status">${texts.loading}</p>`;
    if (this.state === "unreachable") {
      return html`<h1 tabindex="-1">${texts.yourAccount}</h1>
        <p role="alert">${texts.unreachable}</p>
        <button type="button" class="main wide" @click=${this.#lookAt}>${texts.tryAgain}</button>`;
    }
    if (this.state === "over" || !look) {
      return html`<h1 tabindex="-1">${texts.linkOver}</h1>
        <p>${texts.linkOverIntro}</p>
        <p><a class="button wide" href=${this.kind === "reset-password" ? "#forgot" : "#"}>
          ${this.kind === "reset-password" ? texts.forgotTitle : texts.yourAccount}
        </a></p>`;
    }
    if (this.state === "done") {
      return html`<h1 tabindex="-1">${this.#said}</h1>
        ${this.#removals()}
        <p><a class="button main wide" href=${this.store.user ? "#profile" : "#sign-in"}>
          ${this.store.user ? texts.yourAccount : texts.signIn}
        </a></p>`;
    }
    const email = html`<bdi class="value">${look.email}</bdi>`;
    switch (this.kind) {
      case "verify-address":
        return this.#ask(
          texts.verifyTitle,
          html`<p>${email}</p>
            <p class="intro">${texts.verifyIntro}</p>`,
          this.store.user
            ? html``
            : html`${this.field("password", texts.verifyPassword, {
                type: "password",
                autocomplete: "current-password",
                hint: texts.verifyPasswordHint,
              })}${this.showPasswords()}`,
          texts.verifyAction,
        );
      case "magic-link": {
        const other = this.store.user && this.store.user.email !== look.email ? this.store.user.email : undefined;
        return this.#ask(
          texts.magicTitle(look.email),
          html`<p class="intro">${texts.magicIntro}</p>
            ${other === undefined ? nothing : html`<p class="notice">${texts.magicOther(other)}</p>`}`,
          html``,
          texts.signIn,
        );
      }
      case "reset-password":
        return this.#ask(
          texts.resetTitle,
          html`<p>${email}</p>
            <p class="intro">${texts.resetIntro}</p>`,
          html`<input class="unseen" type="text" autocomplete="username" tabindex="-1" aria-hidden="true" readonly .value=${look.email} />
            ${this.field("newPassword", texts.newPassword, {
              type: "password",
              autocomplete: "new-password",
              hint: texts.passwordHint(PASSWORD_LIMITS.min),
            })}
            ${this.showPasswords()}
            ${
              look.secondFactor
                ? this.field("code", texts.proveSecond, { autocomplete: "one-time-code", maxlength: 40 })
                : nothing
            }`,
          texts.resetAction,
        );
      default:
        return this.#ask(
          texts.changeTitle,
          html`<dl class="facts">
              <dt>${texts.changeFrom}</dt>
              <dd>${email}</dd>
              <dt>${texts.changeTo}</dt>
              <dd><bdi class="value">${look.newEmail}</bdi></dd>
            </dl>
            <p class="intro">${texts.changeIntro}</p>`,
          html``,
          texts.changeAction,
        );
    }
  }

  #ask(title: string, about: TemplateResult, fields: TemplateResult, action: string): TemplateResult {
    return html`<h1 tabindex="-1">${title}</h1>
      ${about}
      <form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submit}>
        ${this.problemLine()} ${fields}
        <button type="submit" class="main wide">${this.busy ? texts.working : action}</button>
      </form>`;
  }

  #removals(): TemplateResult | typeof nothing {
    const gone = this.#removed;
    if (!gone) return nothing;
    const names = [
      ...(gone.password ? [texts.removedPassword] : []),
      ...gone.methods.map((id) => texts.removedMethod(this.#providerName(id))),
      ...(gone.passkeys > 0 ? [texts.removedPasskeys] : []),
      ...(gone.secondFactor ? [texts.removedSecondFactor] : []),
      ...(gone.sessions > 0 ? [texts.removedSessions] : []),
    ];
    if (names.length === 0) return nothing;
    return html`<p>${texts.removedIntro}</p>
      <ul class="dots">${names.map((name) => html`<li>${name}</li>`)}</ul>`;
  }

  #providerName(id: string): string {
    return this.store.config?.methods.providers.find((one) => one.id === id)?.name ?? id;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { token, kind } = this;
    const path = PATHS[kind];
    switch (kind) {
      case "verify-address": {
        const password = this.value("password");
        const body = { token, ...(password !== "" && { password }) };
        const sent = await this.send({}, () => call("POST", path, removedAnswer, body));
        if (sent) await this.#finish(texts.verified, sent.value.removed);
        return;
      }
      case "magic-link": {
        const sent = await this.send({}, () => call("POST", path, redeemAnswer, { token }));
        if (!sent) return;
        this.store.flow = sent.value.flow ?? undefined;
        this.store.beganWith = "magic-link";
        if (sent.value.twoFactorRedirect) {
          location.hash = "second-factor";
          return;
        }
        this.busy = true;
        this.problem = await this.store.enter("magic-link");
        this.busy = false;
        if (this.problem === "" && this.store.user) await this.#finish(texts.signedIn, sent.value.removed);
        return;
      }
      case "reset-password": {
        const code = this.value("code").trim();
        const mistakes = {
          ...this.checkPassword("newPassword", false),
          ...(this.#look?.secondFactor && code === "" && { code: texts.codeMissing }),
        };
        const body = { token, newPassword: this.value("newPassword"), ...(code !== "" && { code }) };
        const sent = await this.send(mistakes, () => call("POST", path, removedAnswer, body));
        if (!sent) return;
        this.store.changed({ who: { status: "nobody" } });
        await this.#finish(texts.resetDone, sent.value.removed);
        return;
      }
      default: {
        const sent = await this.send({}, () => call("POST", path, confirmChangeAnswer, { token }));
        if (sent) await this.#finish(sent.value.changed ? texts.changeDone : texts.changeHalf, undefined);
      }
    }
  }

  async #finish(said: string, removed: Removed | undefined): Promise<void> {
    this.#said = said;
    this.#removed = removed;
    this.state = "done";
    if (this.store.user) await this.store.refresh();
    await this.updateComplete;
    this.querySelector<HTMLElement>("h1")?.focus();
  }
}
