// The page around its views: who is here and what the address says decide which view is shown, its title, and where the
// focus goes.
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { anything } from "../api/shape.ts";
import { isLinkKind, type Place, placeOf, readPlace } from "./address.ts";
import { call } from "./api.ts";
import { LANGUAGES } from "./languages.ts";
import { AccountStore } from "./store.ts";
import { dir, lang, texts } from "./texts/current.ts";

const SECTIONS = ["profile", "security", "sessions", "activity", "data"] as const;
type Section = (typeof SECTIONS)[number];
const isSection = (view: string): view is Section => SECTIONS.some((one) => one === view);

/** What the page is asked to prove with; a part of its own. */
interface Asks extends HTMLElement {
  ask(): Promise<boolean>;
}

export class AccountPage extends LitElement {
  static override properties: PropertyDeclarations = {
    place: { state: true },
    busy: { state: true },
    problem: { state: true },
    parts: { state: true },
  };
  declare place: Place;
  declare busy: boolean;
  declare problem: string;
  /** Of the parts that are loaded on demand, which are here and which could not be had. */
  declare parts: Readonly<Record<string, "loading" | "here" | "failed">>;
  readonly store = new AccountStore();
  /** What the focus was last moved for. */
  #heard = "";

  constructor() {
    super();
    this.busy = false;
    this.problem = "";
    this.parts = {};
    this.place = this.#read();
  }

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.documentElement.lang = lang;
    document.documentElement.dir = dir;
    this.store.addEventListener("change", () => this.requestUpdate());
    this.store.prove = async () => {
      const dialog = this.querySelector<Asks>("account-step-up");
      return dialog ? dialog.ask() : false;
    };
    addEventListener("hashchange", () => {
      this.problem = "";
      this.store.notice = "";
      this.place = this.#read();
    });
    void this.store.begin();
  }

  #read(): Place {
    const place = readPlace();
    this.store.flow = place.flow ?? this.store.flow;
    const { errors } = texts;
    // The way back from a provider.
    if (place.view === "error" && Object.hasOwn(errors, place.value)) {
      this.problem = errors[place.value as keyof typeof errors];
    }
    return place;
  }

  get #siteName(): string {
    const sites = this.store.config?.sites ?? [];
    return sites.length === 1 ? (sites[0]?.name ?? "") : "";
  }

  /** What is shown, whatever the address says. */
  get #shown(): string {
    const { who } = this.store;
    const { view, value } = this.place;
    if (isLinkKind(view) && value !== "" && who.status !== "checking") return view;
    if (who.status === "reader") {
      if (view === "admin" && who.user.role === "admin") return "admin";
      if (this.store.flow !== undefined) return "continue";
      return isSection(view) ? view : view === "linked" || view === "error" ? "security" : "profile";
    }
    if (who.status !== "nobody") return who.status;
    return view === "sign-up" || view === "second-factor" || view === "forgot" ? view : "sign-in";
  }

  #title(shown: string): string {
    switch (shown) {
      case "sign-in":
        return texts.signIn;
      case "sign-up":
        return texts.signUp;
      case "second-factor":
        return texts.secondFactor;
      case "forgot":
        return texts.forgotTitle;
      case "admin":
        return texts.administration;
      default:
        return isSection(shown) ? texts[shown] : texts.yourAccount;
    }
  }

  protected override updated(): void {
    const shown = this.#shown;
    const title = this.#title(shown);
    // A mail's link has a title of its own.
    if (!isLinkKind(shown)) document.title = this.#siteName ? `${title} – ${this.#siteName}` : title;
    if (shown === this.#heard) return;
    const first = this.#heard === "" || this.#heard === "checking";
    this.#heard = shown;
    // The first view is where the reader starts; a later one is something new to hear.
    if (!first) this.querySelector<HTMLElement>("h1")?.focus();
  }

  protected override render(): TemplateResult {
    const shown = this.#shown;
    const inside = isSection(shown) || shown === "admin";
    return html`
      <header>
        <p class="brand">${MARK}<span>${this.#siteName || texts.account}</span></p>
        ${this.store.user ? html`<button type="button" class="quiet" @click=${this.#signOut}>${texts.signOut}</button>` : nothing}
      </header>
      ${inside ? this.#inside(shown) : html`<main class="narrow">${this.#outside(shown)}</main>`}
      <footer>
        <nav class="languages" aria-label=${texts.language}>
          ${LANGUAGES.map(
            ([tag, name]) =>
              html`<a href="?lang=${tag}#${this.place.view}" lang=${tag} hreflang=${tag} aria-current=${tag === lang ? "true" : nothing}>${name}</a>`,
          )}
        </nav>
      </footer>
    `;
  }

  #said(): TemplateResult {
    const { notice } = this.store;
    const linked = this.place.view === "linked" ? texts.linked(this.#providerName(this.place.value)) : "";
    return html`<p class="notice" role="status">${notice || linked || nothing}</p>
      <p class="problem" role="alert">${this.problem || nothing}</p>`;
  }

  #providerName(id: string): string {
    return this.store.config?.methods.providers.find((one) => one.id === id)?.name ?? id;
  }

  #outside(shown: string): TemplateResult {
    const { store } = this;
    if (shown === "checking") return html`<p class="waiting" role="status">${texts.loading}</p>`;
    if (isLinkKind(shown)) {
      return html`<div class="card">
        <account-mail-link-view .store=${store} .kind=${shown} .token=${this.place.value}></account-mail-link-view>
      </div>`;
    }
    return html`${this.#said()}
      <div class="card">
        <h1 tabindex="-1">${this.#title(shown)}</h1>
        ${this.#view(shown)}
      </div>`;
  }

  #view(shown: string): TemplateResult {
    const { store } = this;
    switch (shown) {
      case "unreachable":
        return html`<p role="alert">${texts.unreachable}</p>
          <button type="button" class="main wide" @click=${this.#retry}>${this.busy ? texts.working : texts.tryAgain}</button>`;
      case "leaving":
        return html`<p role="status">${texts.goingBack}</p>`;
      case "continue":
        return html`<p class="intro">${texts.continueIntro}</p>
          <div class="stack">
            <button type="button" class="main wide" @click=${this.#goBack}>
              ${this.busy ? texts.working : texts.continueAs(store.user?.email ?? "")}
            </button>
            <button type="button" class="wide" @click=${this.#signOut}>${texts.useAnother}</button>
          </div>`;
      case "second-factor":
        return html`<account-second-factor-form .store=${store}></account-second-factor-form> ${BACK()}`;
      case "forgot":
        return html`<account-send-mail-form .store=${store} .kind=${"reset-password"}></account-send-mail-form>
          ${BACK()}`;
      default: {
        const up = shown === "sign-up";
        return html`<p class="intro">${up ? texts.signUpIntro : texts.signInIntro}</p>
          <account-sign-in-view .store=${store} .mode=${up ? "sign-up" : "sign-in"}></account-sign-in-view>`;
      }
    }
  }

  #inside(shown: string): TemplateResult {
    const { user } = this.store;
    const isAdmin = user?.role === "admin";
    return html`<div class="columns">
      <nav class="side" aria-label=${texts.sections}>
        <p class="who">
          <b><bdi>${user?.name || user?.email}</bdi></b>
          ${user?.name ? html`<span><bdi>${user.email}</bdi></span>` : nothing}
        </p>
        ${[...SECTIONS, ...(isAdmin ? ["admin"] : [])].map(
          (one) => html`<a href="#${one}" aria-current=${one === shown ? "page" : nothing}>${this.#title(one)}</a>`,
        )}
      </nav>
      <main class=${shown === "admin" ? "full" : ""}>
        <h1 tabindex="-1">${this.#title(shown)}</h1>
        ${this.#said()} ${this.#section(shown)}
      </main>
      ${this.#part("inside", () => import("./inside.ts")) === "here" ? html`<account-step-up .store=${this.store}></account-step-up>` : nothing}
    </div>`;
  }

  #section(shown: string): TemplateResult {
    const { store } = this;
    const parts = [
      this.#part("inside", () => import("./inside.ts")),
      ...(shown === "admin" ? [this.#part("admin", () => import("./admin/admin.ts"))] : []),
    ];
    if (parts.includes("failed")) {
      return html`<div class="card" role="alert">
        <p>${texts.partFailed}</p>
        <button type="button" @click=${() => location.reload()}>${texts.tryAgain}</button>
      </div>`;
    }
    if (parts.some((one) => one !== "here")) return html`<p class="waiting" role="status">${texts.loading}</p>`;
    switch (shown) {
      case "admin":
        return html`<account-admin-view .store=${store}></account-admin-view>`;
      case "security":
        return html`<account-security-view .store=${store}></account-security-view>`;
      case "sessions":
        return html`<account-sessions-view .store=${store}></account-sessions-view>`;
      case "activity":
        return html`<account-activity-view .store=${store}></account-activity-view>`;
      case "data":
        return html`<account-data-view .store=${store}></account-data-view>`;
      default:
        return html`<account-profile-view .store=${store}></account-profile-view>`;
    }
  }

  /** Loads a part once. */
  #part(name: string, load: () => Promise<unknown>): "loading" | "here" | "failed" {
    const known = this.parts[name];
    if (known) return known;
    const now = (state: "loading" | "here" | "failed") => {
      this.parts = { ...this.parts, [name]: state };
    };
    queueMicrotask(() => {
      if (this.parts[name]) return;
      now("loading");
      load().then(
        () => now("here"),
        () => now("failed"),
      );
    });
    return "loading";
  }

  async #retry(): Promise<void> {
    this.busy = true;
    await this.store.begin();
    this.busy = false;
  }

  async #goBack(): Promise<void> {
    this.busy = true;
    this.problem = await this.store.goBack();
    this.busy = false;
  }

  async #signOut(): Promise<void> {
    this.problem = "";
    const outcome = await call("POST", "/api/auth/sign-out", anything, {});
    if (!outcome.ok) {
      this.problem = texts.unreachable;
      return;
    }
    // Whoever wanted another account goes on to their docs page with that one.
    if (this.store.flow === undefined) {
      history.replaceState(null, "", location.pathname + location.search);
      this.place = placeOf("");
    }
    this.store.ended(this.store.flow === undefined ? texts.signedOut : "");
  }
}

const BACK = () => html`<p class="switch"><a href="#sign-in">${texts.backToSignIn}</a></p>`;

const MARK = html`<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
  <rect width="32" height="32" rx="8" fill="var(--d-accent)" />
  <g fill="none" stroke="var(--d-on-accent)" stroke-width="2.5" stroke-linecap="round">
    <circle cx="16" cy="12.5" r="4.5" /><path d="M7.5 25a8.5 8.5 0 0 1 17 0" />
  </g>
</svg>`;
