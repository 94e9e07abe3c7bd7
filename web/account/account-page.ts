// The page around its views: who is here and what the address says decide which view is shown, its title, and where the
// focus goes.
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { anything } from "../api/shape.ts";
import { placeOf, readPlace } from "./address.ts";
import { call } from "./api.ts";
import { LANGUAGES } from "./languages.ts";
import { AccountStore } from "./store.ts";
import { dir, lang, texts } from "./texts/current.ts";

const SECTIONS = ["profile", "security", "sessions", "data"] as const;
type Section = (typeof SECTIONS)[number];
const isSection = (view: string): view is Section => SECTIONS.some((one) => one === view);

export class AccountPage extends LitElement {
  static override properties: PropertyDeclarations = {
    view: { state: true },
    busy: { state: true },
    problem: { state: true },
  };
  declare view: string;
  declare busy: boolean;
  declare problem: string;
  readonly store = new AccountStore();
  /** What the title was drawn for. */
  #titled = "";

  constructor() {
    super();
    this.busy = false;
    this.problem = "";
    this.view = readPlace().view;
  }

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.store.addEventListener("change", () => this.requestUpdate());
    addEventListener("hashchange", () => {
      this.view = readPlace().view;
      this.problem = "";
      this.store.notice = "";
    });
    void this.store.begin();
  }

  get #siteName(): string {
    const sites = this.store.config?.sites ?? [];
    return sites.length === 1 ? (sites[0]?.name ?? "") : "";
  }

  /** What is shown, whatever the address says. */
  get #shown(): string {
    const { who } = this.store;
    if (who.status === "checking" || who.status === "unreachable") return who.status;
    if (who.status === "reader") return isSection(this.view) ? this.view : "profile";
    return this.view === "sign-up" ? "sign-up" : "sign-in";
  }

  #title(shown: string): string {
    if (shown === "sign-in") return texts.signIn;
    if (shown === "sign-up") return texts.signUp;
    return isSection(shown) ? texts[shown] : texts.yourAccount;
  }

  protected override updated(): void {
    const shown = this.#shown;
    const title = this.#title(shown);
    document.title = this.#siteName ? `${title} – ${this.#siteName}` : title;
    if (shown === this.#titled) return;
    const first = this.#titled === "" || this.#titled === "checking";
    this.#titled = shown;
    // The first view is where the reader starts; a later one is something new to hear.
    if (!first) this.querySelector<HTMLElement>("h1")?.focus();
  }

  protected override render(): TemplateResult {
    const shown = this.#shown;
    return html`
      <header>
        <p class="brand">${MARK}<span>${this.#siteName || texts.account}</span></p>
        ${this.store.user ? html`<button type="button" class="quiet" @click=${this.#signOut}>${texts.signOut}</button>` : nothing}
      </header>
      ${isSection(shown) ? this.#account(shown) : html`<main class="narrow">${this.#outside(shown)}</main>`}
      <footer>
        <nav class="languages" aria-label=${texts.language}>
          ${LANGUAGES.map(
            ([tag, name]) =>
              html`<a href="?lang=${tag}${location.hash}" lang=${tag} hreflang=${tag} aria-current=${tag === lang ? "true" : nothing}>${name}</a>`,
          )}
        </nav>
      </footer>
    `;
  }

  #notice(): TemplateResult {
    return html`<p class="notice" role="status">${this.store.notice || nothing}</p>`;
  }

  #outside(shown: string): TemplateResult {
    if (shown === "checking") return html`<p class="waiting" role="status">${texts.loading}</p>`;
    if (shown === "unreachable") {
      return html`<div class="card">
        <h1 tabindex="-1">${texts.yourAccount}</h1>
        <p role="alert">${texts.unreachable}</p>
        <button type="button" class="main wide" @click=${this.#retry}>${this.busy ? texts.working : texts.tryAgain}</button>
      </div>`;
    }
    const up = shown === "sign-up";
    return html`${this.#notice()}
      <div class="card">
        <h1 tabindex="-1">${up ? texts.signUp : texts.signIn}</h1>
        <p class="intro">${up ? texts.signUpIntro : texts.signInIntro}</p>
        ${
          this.store.config?.methods.password
            ? html`<account-sign-in-form .store=${this.store} .mode=${up ? "sign-up" : "sign-in"}></account-sign-in-form>
                <p class="switch">
                  ${up ? texts.haveAccount : texts.newHere}
                  <a href=${up ? "#sign-in" : "#sign-up"}>${up ? texts.signIn : texts.signUp}</a>
                </p>`
            : html`<p>${texts.noWayIn}</p>`
        }
      </div>`;
  }

  #account(shown: Section): TemplateResult {
    const { user } = this.store;
    const { store } = this;
    return html`<div class="columns">
      <nav class="side" aria-label=${texts.sections}>
        <p class="who">
          <b>${user?.name || user?.email}</b>
          ${user?.name ? html`<span dir="ltr">${user.email}</span>` : nothing}
        </p>
        ${SECTIONS.map(
          (one) => html`<a href="#${one}" aria-current=${one === shown ? "page" : nothing}>${texts[one]}</a>`,
        )}
      </nav>
      <main>
        <h1 tabindex="-1">${texts[shown]}</h1>
        ${this.#notice()}
        <p class="problem" role="alert">${this.problem || nothing}</p>
        ${
          shown === "profile"
            ? html`<account-profile-view .store=${store}></account-profile-view>`
            : shown === "security"
              ? html`<account-security-view .store=${store}></account-security-view>`
              : shown === "sessions"
                ? html`<account-sessions-view .store=${store}></account-sessions-view>`
                : html`<account-data-view .store=${store}></account-data-view>`
        }
      </main>
    </div>`;
  }

  async #retry(): Promise<void> {
    this.busy = true;
    await this.store.begin();
    this.busy = false;
  }

  async #signOut(): Promise<void> {
    this.problem = "";
    const outcome = await call("POST", "/api/auth/sign-out", anything, {});
    if (outcome.ok) {
      history.replaceState(null, "", location.pathname + location.search);
      this.view = placeOf("").view;
      this.store.ended(texts.signedOut);
    } else this.problem = texts.unreachable;
  }

  /** Draws the page's language. */
  protected override firstUpdated(): void {
    document.documentElement.lang = lang;
    document.documentElement.dir = dir;
  }
}

const MARK = html`<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
  <rect width="32" height="32" rx="8" fill="var(--d-accent)" />
  <g fill="none" stroke="var(--d-on-accent)" stroke-width="2.5" stroke-linecap="round">
    <circle cx="16" cy="12.5" r="4.5" /><path d="M7.5 25a8.5 8.5 0 0 1 17 0" />
  </g>
</svg>`;
