// The base of every form: real labels, `autocomplete`, mistakes tied to their fields, the focus on the first of them,
// and nothing typed is ever lost. What is typed stays in the fields and becomes no property, above all no password.
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import type { Failure, Outcome } from "./api.ts";
import { explain, type FieldName } from "./explain.ts";
import { PASSWORD_LIMITS } from "./limits.ts";
import type { AccountStore } from "./store.ts";
import { texts } from "./texts/current.ts";

type Mistakes = Partial<Record<FieldName, string>>;

interface FieldOptions {
  type?: "text" | "email" | "password" | "url";
  autocomplete: string;
  hint?: string;
  value?: string;
  inputmode?: "email" | "numeric" | "url" | "text";
  maxlength?: number;
}

/** Redraws after every change of the store. Drawn into the page itself: password managers look for fields there. */
export abstract class StoreView extends LitElement {
  static override properties: PropertyDeclarations = { store: { attribute: false } };
  declare store: AccountStore;
  readonly #redraw = () => this.requestUpdate();

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.store.addEventListener("change", this.#redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.store.removeEventListener("change", this.#redraw);
  }
}

export abstract class AccountForm extends StoreView {
  static override properties: PropertyDeclarations = {
    ...StoreView.properties,
    busy: { state: true },
    mistakes: { state: true },
    problem: { state: true },
    done: { state: true },
    passwordShown: { state: true },
  };
  declare busy: boolean;
  declare mistakes: Mistakes;
  declare problem: string;
  /** What was done, said beside the button. */
  declare done: string;
  declare passwordShown: boolean;

  constructor() {
    super();
    this.busy = false;
    this.mistakes = {};
    this.problem = "";
    this.done = "";
    this.passwordShown = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add("form");
  }

  protected field(name: FieldName, label: string, options: FieldOptions): TemplateResult {
    const id = `${this.localName}-${name}`;
    const mistake = this.mistakes[name];
    const isPassword = options.type === "password";
    return html`<div class="field">
      <label for=${id}>${label}</label>
      <input
        id=${id}
        name=${name}
        type=${isPassword && this.passwordShown ? "text" : (options.type ?? "text")}
        autocomplete=${options.autocomplete}
        inputmode=${options.inputmode ?? (options.type === "email" ? "email" : "text")}
        autocapitalize=${name === "name" ? "words" : "none"}
        spellcheck="false"
        maxlength=${options.maxlength ?? 255}
        dir=${name === "name" ? "auto" : "ltr"}
        .defaultValue=${options.value ?? ""}
        aria-invalid=${mistake !== undefined}
        aria-describedby="${id}-hint ${id}-mistake"
      />
      <p id="${id}-hint" class="hint">${options.hint ?? nothing}</p>
      <p id="${id}-mistake" class="mistake">${mistake ?? nothing}</p>
    </div>`;
  }

  protected showPasswords(): TemplateResult {
    return html`<label class="check">
      <input
        type="checkbox"
        .checked=${this.passwordShown}
        @change=${(event: Event) => {
          this.passwordShown = event.target instanceof HTMLInputElement && event.target.checked;
        }}
      />
      ${texts.showPassword}
    </label>`;
  }

  protected problemLine(): TemplateResult {
    return html`<p class="problem" role="alert">${this.problem || nothing}</p>`;
  }

  /** The button, and beside it what was done. */
  protected submitRow(label: string, kind: "main" | "danger" | "plain" = "main"): TemplateResult {
    return html`<div class="actions">
      <button type="submit" class=${kind}>${this.busy ? texts.working : label}</button>
      <p class="done" role="status">${this.done || nothing}</p>
    </div>`;
  }

  protected input(name: FieldName): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>(`input[name=${name}]`);
  }

  protected value(name: FieldName): string {
    return this.input(name)?.value ?? "";
  }

  protected checked(name: string): boolean {
    return this.querySelector<HTMLInputElement>(`input[name=${name}]`)?.checked ?? false;
  }

  /** Leaves no secret in a field. */
  protected clear(...names: FieldName[]): void {
    for (const name of names) {
      const input = this.input(name);
      if (input) input.value = "";
    }
    this.passwordShown = false;
  }

  protected checkEmail(): Mistakes {
    const input = this.input("email");
    if (!input || input.value.trim() === "") return { email: texts.emailMissing };
    return input.validity.valid && /.@.+\../.test(input.value) ? {} : { email: texts.emailInvalid };
  }

  /** `known`: it is compared and not set. */
  protected checkPassword(name: FieldName, known: boolean): Mistakes {
    const { length } = this.value(name);
    if (length === 0) return { [name]: texts.passwordMissing };
    if (!known && length < PASSWORD_LIMITS.min) return { [name]: texts.passwordTooShort(PASSWORD_LIMITS.min) };
    return length > PASSWORD_LIMITS.max ? { [name]: texts.passwordTooLong(PASSWORD_LIMITS.max) } : {};
  }

  /** Checks, sends, and says what went wrong where it belongs. @returns the answer, or undefined */
  protected async send<T>(
    mistakes: Mistakes,
    request: () => Promise<Outcome<T>>,
    /** Says a failure itself where it returns true. */
    says: (failure: Failure) => boolean = () => false,
  ): Promise<{ value: T } | undefined> {
    if (this.busy) return undefined;
    this.problem = "";
    this.done = "";
    this.mistakes = mistakes;
    if (Object.keys(mistakes).length > 0) {
      await this.#focusMistake();
      return undefined;
    }
    this.busy = true;
    const outcome = await request();
    this.busy = false;
    if (outcome.ok) return { value: outcome.value };
    if (says(outcome.failure)) return undefined;
    const { fields, text } = explain(outcome.failure);
    const field = fields.find((name) => this.input(name));
    if (field) this.mistakes = { [field]: text };
    else this.problem = text;
    await this.#focusMistake();
    return undefined;
  }

  async #focusMistake(): Promise<void> {
    await this.updateComplete;
    this.querySelector<HTMLInputElement>("input[aria-invalid=true]")?.focus();
  }
}
