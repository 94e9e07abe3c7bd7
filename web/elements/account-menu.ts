// The account button once the widget is loaded: "Sign in" for nobody, otherwise a button with a menu.
// The menu is a native popover: Escape, a click elsewhere and the focus are the browser's work.
import { html, nothing, type TemplateResult } from "lit";
import type { DialogView } from "../host.ts";
import { loaderTexts, widgetTexts as texts } from "../locales/current.ts";
import { pageLanguage } from "../page/page.ts";
import { pageLink } from "./known-pages.ts";
import { StoreElement } from "./light-element.ts";

/** Pixels: between the button and its menu, of the menu (as in widget.css), and between it and the page's edge. */
const GAP = 6;
const WIDTH = 272;
const EDGE = 8;
/** Saved pages named in the menu; all of them are in `<docent-saved>`. */
const SAVED = 5;

const FACE = html`<svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8">
  <circle cx="10" cy="6.5" r="3.5" /><path d="M3.5 17.5a6.5 6.5 0 0 1 13 0" stroke-linecap="round" />
</svg>`;

export class AccountMenu extends StoreElement {
  static override properties = { ...StoreElement.properties, forgetting: { state: true } };
  /** The reader is asked whether they mean it. */
  declare forgetting: boolean;

  constructor() {
    super();
    this.forgetting = false;
  }

  protected override render(): TemplateResult {
    const { reader, announcement } = this.store;
    const said =
      announcement &&
      {
        "signed-in": texts.saidSignedIn,
        "signed-out": texts.saidSignedOut,
        saved: texts.saidSaved,
        forgotten: texts.saidForgotten,
      }[announcement];
    return html`
      ${reader.status === "signed-out" ? this.#signInButton() : reader.status === "checking" ? this.#waiting() : this.#menu()}
      ${this.dialogProblem()}
      <p class="unseen" role="status">${said ?? nothing}</p>
    `;
  }

  #signInButton(): TemplateResult | typeof nothing {
    if (!DOCENT_SIGN_IN) return nothing;
    return html`<button type="button" part="button" @click=${() => this.#open("sign-in")}>${loaderTexts.signIn}</button>`;
  }

  /** Keeps the button's place; what it will say is not known yet. */
  #waiting(): TemplateResult {
    return html`<button type="button" part="button" disabled aria-busy="true">${FACE} <span class="label">${texts.account}</span></button>`;
  }

  #menu(): TemplateResult {
    const { status } = this.store.reader;
    return html`
      <button type="button" part="button" popovertarget="menu">
        ${FACE}
        <span class="label">${status === "guest" ? texts.guest : texts.account}</span>
      </button>
      <div id="menu" part="menu" popover @beforetoggle=${this.#toggling} @toggle=${this.#toggled}>
        ${status === "unreachable" ? this.#unreachable() : status === "guest" ? this.#guest() : this.#reader()}
      </div>
    `;
  }

  #unreachable(): TemplateResult {
    return html`<p>${texts.accountUnreachable}</p>
      <button type="button" @click=${this.#retry}>${texts.tryAgain}</button>`;
  }

  #reader(): TemplateResult {
    const { user } = this.store;
    return html`${user ? html`<p class="who">${texts.signedInAs} <b>${user.name || user.email}</b></p>` : nothing}
      <button type="button" @click=${() => this.#open("questions")}>${texts.yourAnswers}</button>
      <a href="${this.store.api.worker}/account">${texts.yourAccount}</a>
      ${this.#saved()}
      <button type="button" class="apart" @click=${() => this.#open("sign-out")}>${texts.signOut}</button>`;
  }

  #guest(): TemplateResult {
    const { store } = this;
    return html`<p class="who">${texts.guestWhere}</p>
      ${
        DOCENT_SIGN_IN
          ? html`<button type="button" @click=${() => this.#open("sign-in")}>${texts.guestSignIn}</button>
              <button type="button" @click=${() => this.#open("sign-up")}>${texts.guestSignUp}</button>`
          : nothing
      }
      <button type="button" @click=${() => this.#open("questions")}>${texts.yourAnswers}</button>
      ${this.#saved()}
      <label class="apart">
        <input type="checkbox" .checked=${store.remembers} @change=${() => store.remember(!store.remembers)} />
        ${texts.rememberReading}
      </label>
      ${
        this.forgetting
          ? html`<p role="alert">${texts.forgetAsk}</p>
              <button type="button" @click=${this.#forget}>${texts.forgetYes}</button>
              <button type="button" @click=${() => this.#askToForget(false)}>${texts.forgetNo}</button>`
          : html`<button type="button" class="forget" @click=${() => this.#askToForget(true)}>${texts.forget}</button>`
      }`;
  }

  #saved(): TemplateResult | typeof nothing {
    const pages = this.store.reading.saved(pageLanguage()).slice(0, SAVED);
    if (pages.length === 0) return nothing;
    return html`<h2 id="saved">${texts.savedPages}</h2>
      <ul aria-labelledby="saved">${pages.map((page) => html`<li>${pageLink(page)}</li>`)}</ul>`;
  }

  async #askToForget(asked: boolean): Promise<void> {
    this.forgetting = asked;
    await this.updateComplete;
    const buttons = this.querySelectorAll<HTMLElement>("[popover] button");
    // On the harmless one of the two.
    buttons[buttons.length - 1]?.focus();
  }

  async #forget(): Promise<void> {
    this.#close();
    this.store.forget();
    await this.updateComplete;
    this.querySelector("button")?.focus();
  }

  #toggling(event: ToggleEvent): void {
    if (event.newState !== "open") {
      removeEventListener("scroll", this.#place);
      removeEventListener("resize", this.#place);
      return;
    }
    this.#place();
    addEventListener("scroll", this.#place, { passive: true });
    addEventListener("resize", this.#place, { passive: true });
    this.forgetting = false;
    if (this.store.reader.status === "signed-in") void this.store.loadUser();
  }

  /** A menu that closes under the focus takes it along: in a shadow root, Chromium does not give it back. */
  #toggled(event: ToggleEvent): void {
    if (event.newState === "open" || !this.querySelector("[popover]:focus-within")) return;
    this.querySelector("button")?.focus({ preventScroll: true });
  }

  /** The menu is in the browser's top layer, which knows nothing of the button: it is placed below it by hand. */
  readonly #place = (): void => {
    const menu = this.querySelector<HTMLElement>("[popover]");
    const box = this.querySelector("button")?.getBoundingClientRect();
    if (!menu || !box) return;
    const page = document.documentElement.clientWidth;
    // A button at the end of the line has its menu end with it, one at the start has it start there.
    const left = box.left + box.right > page ? box.right - WIDTH : box.left;
    menu.style.left = `${Math.max(EDGE, Math.min(left, page - WIDTH - EDGE))}px`;
    menu.style.top = `${box.bottom + GAP}px`;
  };

  #close(): void {
    this.querySelector<HTMLElement>("[popover]")?.hidePopover();
  }

  #open(view: DialogView): void {
    this.#close();
    void this.widget.open(view, this.shell);
  }

  #retry(): void {
    this.#close();
    void this.store.begin(true);
  }
}
