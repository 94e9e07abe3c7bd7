// The owner's questionnaire. Every question can be left out and says why it is asked; nothing is sent until "Save",
// and what was chosen stays here until it is saved, whatever fails in between.
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { accountApi } from "../api/account-api.ts";
import { isSignedOut } from "../api/api.ts";
import type { ShownQuestion, ShownQuestionnaire } from "../api/questionnaire.ts";
import type { LooseBackground } from "../api/wire.ts";
import { lang, questionText } from "../locales/current.ts";
import { dialogTexts as texts } from "../locales/dialog-texts.ts";
import { said } from "../locales/said.ts";
import { backgroundOf, saveBackground } from "../reader/account.ts";
import { type Answers, answersOf, withAnswers } from "../reader/answers.ts";
import type { ReaderStore } from "../reader/reader-store.ts";

type State =
  | { status: "loading" }
  | { status: "failed" }
  | { status: "asking"; questionnaire: ShownQuestionnaire; background: LooseBackground; isNew: boolean };

export class QuestionsForm extends LitElement {
  static override properties: PropertyDeclarations = {
    state: { state: true },
    answers: { state: true },
    busy: { state: true },
    problem: { state: true },
  };
  declare state: State;
  declare answers: Answers;
  declare busy: boolean;
  declare problem: string;
  store: ReaderStore | undefined;

  constructor() {
    super();
    this.state = { status: "loading" };
    this.answers = {};
    this.busy = false;
    this.problem = "";
  }

  protected override createRenderRoot(): this {
    return this;
  }

  protected override firstUpdated(): void {
    // Where the dialog is already open, nobody else moves the focus.
    this.querySelector("h2")?.focus();
    void this.#load();
  }

  async #load(): Promise<void> {
    const { store } = this;
    if (!store) return;
    this.state = { status: "loading" };
    const [questionnaire, background] = await Promise.all([accountApi(store.api).questionnaire(), backgroundOf(store)]);
    if (!background.ok && isSignedOut(background.failure)) {
      this.dispatchEvent(new Event("docent-signed-out"));
      return;
    }
    if (!questionnaire.ok || !background.ok) {
      this.state = { status: "failed" };
      return;
    }
    const asked = questionnaire.value.questionnaire;
    this.answers = { ...answersOf(background.value, asked), ...store.draft };
    this.state = {
      status: "asking",
      questionnaire: asked,
      background: background.value,
      isNew: (background.value.updatedAt ?? null) === null,
    };
  }

  protected override render(): TemplateResult {
    return html`
      <h2 id="docent-title" tabindex="-1" autofocus>${texts.questionsTitle}</h2>
      <p class="intro">${texts.questionsIntro} ${this.#isGuest ? texts.questionsHere : nothing}</p>
      ${this.#content()}
    `;
  }

  get #isGuest(): boolean {
    const status = this.store?.reader.status;
    return status === "guest" || status === "signed-out";
  }

  #content(): TemplateResult {
    const { state } = this;
    if (state.status === "loading") return html`<p role="status">${texts.questionsLoading}</p>`;
    if (state.status === "failed") {
      return html`<p class="problem" role="alert">${texts.questionsFailed} ${texts.unreachable}</p>
        <div class="actions">
          <button type="button" class="main" @click=${this.#load}>${texts.tryAgain}</button>
          <button type="button" @click=${this.#done}>${texts.skipAll}</button>
        </div>`;
    }
    const { questions } = state.questionnaire;
    if (questions.length === 0) return html`<p>${texts.noQuestions}</p>`;
    return html`<form method="post" aria-busy=${this.busy} @submit=${this.#save}>
      ${questions.map((question, index) => this.#question(question, index))}
      <div class="actions">
        <p class="problem" role="alert">${this.problem || nothing}</p>
        <button type="submit" class="main">${this.busy ? texts.working : texts.save}</button>
        <button type="button" @click=${this.#skip}>${state.isNew ? texts.skipAll : texts.cancel}</button>
      </div>
    </form>`;
  }

  #question({ field, kind, label, why, options, translations }: ShownQuestion, index: number): TemplateResult {
    const translated = translations?.[lang];
    const chosen = this.answers[field] ?? [];
    const why_ = `docent-why-${index}`;
    return html`<fieldset aria-describedby=${why_}>
      <legend>${said(questionText(label, translated?.label))}</legend>
      <p class="why" id=${why_}>${said(questionText(why, translated?.why))}</p>
      <div class="options">
        ${options.map(
          (option) => html`<label class="option">
            <input
              type=${kind === "one" ? "radio" : "checkbox"}
              name=${field}
              value=${option.value}
              .checked=${chosen.includes(option.value)}
              @change=${(event: Event) => this.#choose(field, kind, option.value, event)}
            />
            ${said(questionText(option.label, translated?.options?.[option.value]))}
          </label>`,
        )}
        ${
          kind === "one"
            ? html`<label class="option none">
                <input type="radio" name=${field} value="" .checked=${chosen.length === 0} @change=${() => this.#set(field, [])} />
                ${texts.noAnswer}
              </label>`
            : nothing
        }
      </div>
    </fieldset>`;
  }

  #choose(field: string, kind: ShownQuestion["kind"], value: string, event: Event): void {
    const on = event.target instanceof HTMLInputElement && event.target.checked;
    const others = kind === "one" ? [] : (this.answers[field] ?? []).filter((one) => one !== value);
    this.#set(field, on ? [...others, value] : others);
  }

  #set(field: string, values: readonly string[]): void {
    if (this.store) this.store.draft = { ...this.store.draft, [field]: values };
    this.answers = { ...this.answers, [field]: values };
  }

  async #save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { store, state } = this;
    if (!store || state.status !== "asking" || this.busy) return;
    this.problem = "";
    this.busy = true;
    const failure = await saveBackground(store, withAnswers(state.background, state.questionnaire, this.answers));
    this.busy = false;
    if (failure === undefined) {
      if (this.store) this.store.draft = undefined;
      this.#done();
    } else if (isSignedOut(failure)) this.dispatchEvent(new Event("docent-signed-out"));
    else this.problem = failure.kind === "unreachable" ? texts.unreachable : texts.refused;
  }

  #skip(): void {
    if (this.store) this.store.draft = undefined;
    this.#done();
  }

  #done(): void {
    this.dispatchEvent(new Event("docent-done"));
  }
}
