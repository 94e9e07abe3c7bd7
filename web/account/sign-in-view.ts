// Every way in that is switched on, the last one used first.
import { html, nothing, type TemplateResult } from "lit";
import { StoreView } from "./account-form.ts";
import { lastMethod } from "./last-method.ts";
import { texts } from "./texts/current.ts";

type Typed = "password" | "magic-link";

export class SignInView extends StoreView {
  static override properties = {
    ...StoreView.properties,
    mode: { attribute: false },
    chosen: { state: true },
    busy: { state: true },
    problem: { state: true },
  };
  declare mode: "sign-in" | "sign-up";
  /** Of the ways in that need something typed, the one that is open. */
  declare chosen: Typed | undefined;
  declare busy: boolean;
  declare problem: string;
  readonly #last = lastMethod();

  constructor() {
    super();
    this.mode = "sign-in";
    this.chosen = undefined;
    this.busy = false;
    this.problem = "";
  }

  protected override render(): TemplateResult {
    const methods = this.store.config?.methods;
    if (!methods) return html``;
    const up = this.mode === "sign-up";
    const { providers } = methods;
    const typed: Typed | undefined =
      this.chosen ??
      (this.#last === "magic-link" && methods.magicLink && !up
        ? "magic-link"
        : methods.password
          ? "password"
          : methods.magicLink
            ? "magic-link"
            : undefined);
    const pressed = [
      ...(methods.passkey && !up ? [{ id: "passkey", name: texts.withPasskey }] : []),
      ...providers.map(({ id, name }) => ({ id, name: texts.withProvider(name) })),
    ];
    const last = pressed.find(({ id }) => id === this.#last);
    const others = pressed.filter((one) => one !== last);
    const switches = [
      ...(methods.password && typed !== "password" ? [{ id: "password" as const, name: texts.withPassword }] : []),
      ...(methods.magicLink && typed !== "magic-link" ? [{ id: "magic-link" as const, name: texts.withLink }] : []),
    ];
    if (!typed && pressed.length === 0) return html`<p>${texts.noWayIn}</p>`;
    const or = html`<p class="or"><span>${texts.or}</span></p>`;
    return html`
      <p class="problem" role="alert">${this.problem || nothing}</p>
      ${last ? html`${this.#press(last, true)}${typed ? or : nothing}` : nothing}
      ${
        typed === "password"
          ? html`<account-sign-in-form .store=${this.store} .mode=${this.mode}></account-sign-in-form>
              ${!up && methods.mail ? html`<p class="switch"><a href="#forgot">${texts.forgot}</a></p>` : nothing}`
          : typed === "magic-link"
            ? html`<account-send-mail-form .store=${this.store} .kind=${"magic-link"}></account-send-mail-form>`
            : nothing
      }
      ${others.length + switches.length > 0 && typed ? or : nothing}
      <div class="stack">
        ${others.map((one) => this.#press(one, false))}
        ${switches.map(
          ({ id, name }) => html`<button type="button" class="wide" @click=${() => this.#choose(id)}>${name}</button>`,
        )}
      </div>
      ${
        methods.password
          ? html`<p class="switch">
              ${up ? texts.haveAccount : texts.newHere}
              <a href=${up ? "#sign-in" : "#sign-up"}>${up ? texts.signIn : texts.signUp}</a>
            </p>`
          : nothing
      }
    `;
  }

  #press({ id, name }: { id: string; name: string }, isLast: boolean): TemplateResult {
    const label = html`${name}${isLast ? html`<span class="tag">${texts.lastUsedHere}</span>` : nothing}`;
    if (id === "passkey") {
      return html`<button type="button" class="wide" aria-busy=${this.busy} @click=${this.#passkey}>${label}</button>`;
    }
    return html`<a class="button wide" href=${this.#start(id)} @click=${() => this.#leave(id)}>${label}</a>`;
  }

  /** A navigation to the Worker: it sets the cookies of the way there and back. */
  #start(id: string): string {
    return `/start?${new URLSearchParams({ with: id, ...(this.store.flow !== undefined && { flow: this.store.flow }) })}`;
  }

  #leave(id: string): void {
    this.store.beganWith = id;
  }

  async #choose(id: Typed): Promise<void> {
    this.chosen = id;
    await this.updateComplete;
    this.querySelector<HTMLInputElement>("input")?.focus();
  }

  async #passkey(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = "";
    const { signInWithPasskey } = await import("./webauthn.ts").catch(() => ({ signInWithPasskey: undefined }));
    this.problem = signInWithPasskey ? await signInWithPasskey(this.store) : texts.partFailed;
    this.busy = false;
  }
}
