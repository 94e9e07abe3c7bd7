// The account button once the widget is loaded: "Sign in" for nobody, otherwise a button with a menu.
// The menu is a native popover: Escape, a click elsewhere and the focus are the browser's work.
import { html, nothing, type TemplateResult } from "lit";
import { StoreElement } from "./light-element.ts";
import { loaderTexts, widgetTexts as texts } from "./locales/en.ts";

/** Pixels: between the button and its menu, of the menu (as in widget.css), and between it and the page's edge. */
const GAP = 6;
const WIDTH = 272;
const EDGE = 8;

export class AccountMenu extends StoreElement {
  static override properties = {
    ...StoreElement.properties,
    failed: { state: true },
    busy: { state: true },
  };
  declare failed: boolean;
  declare busy: boolean;

  constructor() {
    super();
    this.failed = false;
    this.busy = false;
  }

  protected override render(): TemplateResult {
    const { reader, announcement } = this.store;
    const said =
      announcement &&
      { "signed-in": texts.saidSignedIn, "signed-out": texts.saidSignedOut, saved: texts.saidSaved }[announcement];
    return html`
      ${reader.status === "signed-out" ? this.#signInButton() : reader.status === "checking" ? this.#waiting() : this.#menu()}
      ${this.dialogProblem()}
      <p class="unseen" role="status">${said ?? nothing}</p>
    `;
  }

  #signInButton(): TemplateResult {
    return html`<button type="button" part="button" @click=${() => this.#open("sign-in")}>${loaderTexts.signIn}</button>`;
  }

  /** Keeps the button's place; what it will say is not known yet. */
  #waiting(): TemplateResult {
    return html`<button type="button" part="button" disabled aria-busy="true">${texts.account}</button>`;
  }

  #menu(): TemplateResult {
    const { reader, user } = this.store;
    return html`
      <button type="button" part="button" popovertarget="menu">
        <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8">
          <circle cx="10" cy="6.5" r="3.5" /><path d="M3.5 17.5a6.5 6.5 0 0 1 13 0" stroke-linecap="round" />
        </svg>
        <span class="label">${texts.account}</span>
      </button>
      <div id="menu" part="menu" popover @beforetoggle=${this.#toggling} @toggle=${this.#toggled}>
        ${
          reader.status === "unreachable"
            ? html`<p>${texts.accountUnreachable}</p>
                <button type="button" @click=${this.#retry}>${texts.tryAgain}</button>`
            : html`${user ? html`<p class="who">${texts.signedInAs} <b>${user.name || user.email}</b></p>` : nothing}
                <button type="button" @click=${() => this.#open("questions")}>${texts.yourAnswers}</button>
                <button type="button" aria-busy=${this.busy} @click=${this.#signOut}>${texts.signOut}</button>
                <p class="problem" role="alert">${this.failed ? texts.signOutFailed : nothing}</p>`
        }
      </div>
    `;
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
    this.failed = false;
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

  #open(view: "sign-in" | "questions"): void {
    this.#close();
    void this.widget.open(view, this.shell);
  }

  #retry(): void {
    this.#close();
    void this.store.begin();
  }

  async #signOut(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failed = (await this.store.signOut()) !== undefined;
    this.busy = false;
    if (this.failed) return;
    await this.updateComplete;
    this.querySelector("button")?.focus();
  }
}
