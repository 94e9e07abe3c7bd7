// The ways in that are switched on, the last one used first: the form to sign in or up, and buttons to those that lead over
// the Worker's own page; then the question for the second factor that may follow. Real forms with real labels and
// `autocomplete`, so that password managers fill and save; passwords stay in their fields and never become a property.
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { accountApi, type WaysIn } from "../api/account-api.ts";
import { beginHandOff } from "../hand-off/begin.ts";
import { lang } from "../locales/current.ts";
import { dialogTexts as texts } from "../locales/dialog-texts.ts";
import { type Entered, giveSecondFactor, signIn, signUp } from "../reader/account.ts";
import type { SignInFailure } from "../reader/reader-state.ts";
import type { ReaderStore } from "../reader/reader-store.ts";
import { lastWay, type OtherWay, otherWays, rememberWay } from "./other-ways.ts";

/** Characters of a password; Better Auth's own bounds. */
const LEAST = 8;
const MOST = 128;

/** Characters of a backup code, however it is typed. */
const CODE = 40;

type FieldName = "email" | "password" | "code";

/** One text per failure a reader can meet here. The codes are Better Auth's. */
function explain(failure: SignInFailure): { field?: FieldName; text: string } {
  if (failure.kind === "unreachable") return { text: texts.unreachable };
  if (failure.kind === "cookie-lost") return { text: texts.cookieLost };
  switch (failure.code) {
    case "INVALID_CODE":
    case "INVALID_BACKUP_CODE":
    case "VALIDATION_ERROR":
      return { field: "code", text: texts.codeWrong };
    case "ACCOUNT_TEMPORARILY_LOCKED":
      return { field: "code", text: texts.codeWait };
    case "INVALID_TWO_FACTOR_COOKIE":
    case "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE":
      return { text: texts.codeOver };
    case "PASSWORD_TOO_COMMON":
    case "PASSWORD_COMPROMISED":
      return { field: "password", text: texts.passwordCommon };
    case "INVALID_EMAIL_OR_PASSWORD":
      return { text: texts.wrongCredentials };
    case "USER_ALREADY_EXISTS":
    case "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL":
      return { field: "email", text: texts.emailTaken };
    case "INVALID_EMAIL":
      return { field: "email", text: texts.emailInvalid };
    case "PASSWORD_TOO_SHORT":
      return { field: "password", text: texts.passwordTooShort(LEAST) };
    case "PASSWORD_TOO_LONG":
      return { field: "password", text: texts.passwordTooLong(MOST) };
    case "ACCOUNT_BLOCKED":
      return { text: texts.notAllowed };
    default:
      return { text: failure.status === 429 ? texts.tooMany : texts.refused };
  }
}

export class SignInForm extends LitElement {
  static override properties: PropertyDeclarations = {
    mode: { attribute: false },
    busy: { state: true },
    mistakes: { state: true },
    problem: { state: true },
    passwordShown: { state: true },
    isPublic: { state: true },
    asked: { state: true },
    ways: { state: true },
    cookieless: { state: true },
    unconfirmed: { state: true },
  };
  declare mode: "sign-in" | "sign-up";
  declare busy: boolean;
  declare mistakes: Partial<Record<FieldName, string>>;
  declare problem: string;
  declare passwordShown: boolean;
  /** Others use this computer too. */
  declare isPublic: boolean;
  /** The second factor is asked for. */
  declare asked: boolean;
  /**
   * Known a moment after the dialog is shown; until then it is the form that most docs have. `null` for a reader who came
   * in another way the last time: what is first for them is not known yet, and a form would move away under their hands.
   */
  declare ways: WaysIn | null | undefined;
  /** The address that has to be confirmed before anybody is signed in with it, and what is said about that. */
  /** Signed in by a cookie that the browser has not kept. */
  declare cookieless: boolean;
  declare unconfirmed: { email: string; text: string } | undefined;
  store: ReaderStore | undefined;
  /** Where the reader comes back to. */
  site = "";

  constructor() {
    super();
    this.mode = "sign-in";
    this.busy = false;
    this.mistakes = {};
    this.problem = "";
    this.passwordShown = false;
    this.isPublic = false;
    this.asked = false;
    this.ways = undefined;
    this.unconfirmed = undefined;
    this.cookieless = false;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  protected override firstUpdated(): void {
    // Where the dialog is already open, nobody else moves the focus.
    this.#field("email")?.focus();
    const { store } = this;
    if (!store) return;
    if (lastWay(store.api.worker) !== null) this.ways = null;
    void accountApi(store.api)
      .waysIn()
      .then(async (answer) => {
        const waited = this.ways === null;
        this.ways = answer.ok ? answer.value.methods : undefined;
        await this.updateComplete;
        if (waited) this.querySelector<HTMLElement>(".ways button, input")?.focus();
      });
  }

  protected override render(): TemplateResult {
    if (this.asked) return this.#secondFactor();
    const { ways, store } = this;
    const up = this.mode === "sign-up";
    const others = ways ? otherWays(ways, up) : [];
    const lastId = store && lastWay(store.api.worker);
    const last = others.find(({ id }) => id === lastId);
    const rest = others.filter((one) => one !== last);
    const or = html`<p class="or"><span>${texts.or}</span></p>`;
    const byPassword = ways !== null && (ways?.password ?? true);
    return html`
      <h2 id="docent-title">${up ? texts.signUpTitle : texts.signInTitle}</h2>
      ${up ? html`<p class="intro">${texts.signUpWhy}</p>` : nothing}
      <p class="problem" role="alert">${this.problem || nothing}</p>
      ${this.cookieless ? html`<div class="ways">${this.#other({ id: "more", name: texts.elsewhere })}</div>` : nothing}
      ${ways === null ? html`<p class="intro" role="status">${texts.working}</p>` : nothing}
      ${ways && !byPassword && others.length === 0 ? html`<p class="intro">${texts.noWayIn}</p>` : nothing}
      ${last ? html`<div class="ways">${this.#other(last)}</div>${byPassword ? or : nothing}` : nothing}
      ${byPassword ? this.#form(up) : nothing}
      ${
        byPassword && !up && ways?.mail
          ? html`<p class="switch"><a href="${store?.api.worker}/account#forgot">${texts.forgot}</a></p>`
          : nothing
      }
      ${
        rest.length > 0
          ? html`${byPassword ? or : nothing}<div class="ways">${rest.map((one) => this.#other(one))}</div>`
          : nothing
      }
      ${
        byPassword
          ? html`<p class="switch">
              ${up ? texts.haveAccount : texts.newHere}
              <button type="button" class="link" @click=${this.#switch}>
                ${up ? texts.signInTitle : texts.signUpTitle}
              </button>
            </p>`
          : nothing
      }
    `;
  }

  #other(way: OtherWay): TemplateResult {
    return html`<button type="button" @click=${() => this.#leave(way)}>${way.name}</button>`;
  }

  /** To the Worker's page, and back to this one. */
  async #leave({ id }: OtherWay): Promise<void> {
    const { store } = this;
    if (!store || this.busy) return;
    this.problem = "";
    try {
      await beginHandOff(store.api.worker, this.site, id === "more" ? undefined : id);
      rememberWay(store.api.worker, id);
    } catch {
      this.problem = texts.keepsNothing;
    }
  }

  #form(up: boolean): TemplateResult {
    return html`
      <form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submit}>
        ${this.#confirmation()}
        <div class="field">
          <label for="docent-email">${texts.email}</label>
          <input
            id="docent-email"
            name="email"
            type="email"
            autocomplete="email"
            inputmode="email"
            autocapitalize="none"
            spellcheck="false"
            maxlength="255"
            required
            autofocus
            aria-invalid=${this.mistakes.email !== undefined}
            aria-describedby="docent-email-mistake"
          />
          <p id="docent-email-mistake" class="mistake">${this.mistakes.email ?? nothing}</p>
        </div>
        <div class="field">
          <label for="docent-password">${texts.password}</label>
          <input
            id="docent-password"
            name="password"
            type=${this.passwordShown ? "text" : "password"}
            autocomplete=${up ? "new-password" : "current-password"}
            autocapitalize="none"
            spellcheck="false"
            required
            aria-invalid=${this.mistakes.password !== undefined}
            aria-describedby="docent-password-hint docent-password-mistake"
          />
          <p id="docent-password-hint" class="hint">${up ? texts.passwordHint(LEAST) : nothing}</p>
          <p id="docent-password-mistake" class="mistake">${this.mistakes.password ?? nothing}</p>
          <label class="show">
            <input type="checkbox" .checked=${this.passwordShown} @change=${this.#showPassword} />
            ${texts.showPassword}
          </label>
        </div>
        <label class="show">
          <input
            type="checkbox"
            aria-describedby="docent-public-hint"
            .checked=${this.isPublic}
            @change=${(event: Event) => {
              this.isPublic = event.target instanceof HTMLInputElement && event.target.checked;
            }}
          />
          ${texts.publicComputer}
        </label>
        <p id="docent-public-hint" class="hint">${this.isPublic ? texts.publicHint : nothing}</p>
        <button type="submit" class="main">
          ${this.busy ? texts.working : up ? texts.signUpAction : texts.signInAction}
        </button>
      </form>
    `;
  }

  /** What was typed stays in the form below: whoever has opened the link only presses the button. */
  #confirmation(): TemplateResult | typeof nothing {
    if (!this.unconfirmed) return nothing;
    return html`<div class="notice" role="status" tabindex="-1">
      <p>${this.unconfirmed.text}</p>
      <button type="button" class="link" @click=${this.#sendAgain}>${texts.confirmAgain}</button>
    </div>`;
  }

  async #confirm(email: string, text: string): Promise<void> {
    this.unconfirmed = { email, text };
    await this.updateComplete;
    this.querySelector<HTMLElement>(".notice")?.focus();
  }

  async #sendAgain(): Promise<void> {
    const { store, unconfirmed } = this;
    if (!store || !unconfirmed || this.busy) return;
    this.problem = "";
    this.busy = true;
    const answer = await accountApi(store.api).sendConfirmation(unconfirmed.email, lang);
    this.busy = false;
    if (answer.ok) await this.#confirm(unconfirmed.email, texts.confirmSentAgain);
    else this.problem = explain(answer.failure).text;
  }

  /** One field for both kinds of code: which it is, can be told. */
  #secondFactor(): TemplateResult {
    return html`<h2 id="docent-title" tabindex="-1">${texts.secondFactorTitle}</h2>
      <p class="intro">${texts.secondFactorWhy}</p>
      <p class="problem" role="alert">${this.problem || nothing}</p>
      <form method="post" novalidate aria-busy=${this.busy} @submit=${this.#submitCode}>
        <div class="field">
          <label for="docent-code">${texts.code}</label>
          <input
            id="docent-code"
            name="code"
            type="text"
            dir="ltr"
            autocomplete="one-time-code"
            autocapitalize="none"
            spellcheck="false"
            maxlength=${CODE}
            required
            aria-invalid=${this.mistakes.code !== undefined}
            aria-describedby="docent-code-mistake"
          />
          <p id="docent-code-mistake" class="mistake">${this.mistakes.code ?? nothing}</p>
        </div>
        <button type="submit" class="main">${this.busy ? texts.working : texts.codeAction}</button>
      </form>
      <p class="switch"><button type="button" class="link" @click=${this.#back}>${texts.back}</button></p>`;
  }

  /** Back to the password, which is typed anew. */
  async #back(): Promise<void> {
    this.asked = false;
    this.mistakes = {};
    this.problem = "";
    await this.updateComplete;
    this.#field("email")?.focus();
  }

  async #submitCode(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { store } = this;
    const input = this.#field("code");
    if (!store || !input || this.busy) return;
    const typed = input.value.trim();
    const digits = typed.replaceAll(/\s/g, "");
    this.problem = "";
    this.mistakes = typed === "" ? { code: texts.codeMissing } : {};
    if (typed === "") return this.#focusMistake();
    this.busy = true;
    const entered = await giveSecondFactor(store, /^\d{6}$/.test(digits) ? digits : typed, this.isPublic);
    this.busy = false;
    if (entered === "in") this.asked = false;
    await this.#next(entered, "docent-signed-in");
  }

  async #next(entered: Entered, event: string): Promise<void> {
    if (entered === "second-factor") {
      this.asked = true;
      await this.updateComplete;
      this.#field("code")?.focus();
      return;
    }
    if (entered === "in") {
      this.unconfirmed = undefined;
      this.passwordShown = false;
      if (this.store) rememberWay(this.store.api.worker, undefined);
      this.dispatchEvent(new Event(event));
      return;
    }
    const email = this.#field("email")?.value ?? "";
    if (entered === "confirm-address") {
      // The form to sign in, with what was typed still in it.
      this.dispatchEvent(new Event("docent-switch"));
      return this.#confirm(email, texts.confirmSent(email));
    }
    const { failure } = entered;
    this.cookieless = failure.kind === "cookie-lost";
    if (this.cookieless) this.asked = false;
    if (failure.kind === "refused" && failure.code === "EMAIL_NOT_VERIFIED") {
      return this.#confirm(email, texts.notVerified);
    }
    const { field, text } = explain(failure);
    if (field && this.#field(field)) this.mistakes = { [field]: text };
    else this.problem = field === "code" ? texts.refused : text;
    await this.#focusMistake();
  }

  #field(name: FieldName): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>(`input[name=${name}]`);
  }

  #showPassword(event: Event): void {
    this.passwordShown = event.target instanceof HTMLInputElement && event.target.checked;
  }

  /** The other form, with what was typed still in it. */
  #switch(): void {
    this.mistakes = {};
    this.problem = "";
    this.unconfirmed = undefined;
    this.dispatchEvent(new Event("docent-switch"));
    this.#field("email")?.focus();
  }

  /** The browser's own checks, in our words, beside the field. */
  #check(email: HTMLInputElement, password: HTMLInputElement): Partial<Record<FieldName, string>> {
    const mistakes: Partial<Record<FieldName, string>> = {};
    if (email.validity.valueMissing) mistakes.email = texts.emailMissing;
    else if (!email.validity.valid) mistakes.email = texts.emailInvalid;
    const { length } = password.value;
    if (length === 0) mistakes.password = texts.passwordMissing;
    else if (this.mode === "sign-up" && length < LEAST) mistakes.password = texts.passwordTooShort(LEAST);
    else if (this.mode === "sign-up" && length > MOST) mistakes.password = texts.passwordTooLong(MOST);
    return mistakes;
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { store } = this;
    const email = this.#field("email");
    const password = this.#field("password");
    if (!store || !email || !password || this.busy) return;
    this.problem = "";
    this.mistakes = this.#check(email, password);
    if (Object.keys(this.mistakes).length > 0) return this.#focusMistake();

    this.busy = true;
    const up = this.mode === "sign-up";
    const typed = { email: email.value, password: password.value, isPublic: this.isPublic };
    const entered = await (up ? signUp(store, typed, lang) : signIn(store, typed));
    this.busy = false;
    await this.#next(entered, up ? "docent-signed-up" : "docent-signed-in");
  }

  async #focusMistake(): Promise<void> {
    await this.updateComplete;
    this.querySelector<HTMLInputElement>("input[aria-invalid=true]")?.focus();
  }
}
