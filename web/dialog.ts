// The dialog: signing in, signing up, and the questionnaire that follows. Loaded by the first reader who opens it.
//
// It lives in the page's own DOM and not in a shadow root, because password managers look for fields there; several
// do not look into shadow roots at all. The price is that the page's styles reach it, which `dialog.css` undoes.
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { QuestionsForm } from "./elements/questions-form.ts";
import { SignInForm } from "./elements/sign-in-form.ts";
import { SignOutForm } from "./elements/sign-out-form.ts";
import type { DialogPart, DialogView } from "./host.ts";
import { dir, lang } from "./locales/current.ts";
import { dialogTexts as texts } from "./locales/dialog-texts.ts";
import type { ReaderStore } from "./reader/reader-store.ts";
import dialogCss from "./styles/dialog.css";
import { styleSheet } from "./styles/style-sheet.ts";
import tokensCss from "./styles/tokens.css";

class DocentDialog extends LitElement {
  static override properties: PropertyDeclarations = { view: { state: true }, notice: { state: true } };
  declare view: DialogView;
  /** Why the reader sees the sign-in form although they did not ask for it. */
  declare notice: string;
  store: ReaderStore | undefined;
  site = "";
  onClose: () => void = () => {};
  /** They were answering questions when the session ended: back to them. */
  #continues = false;

  constructor() {
    super();
    this.view = "sign-in";
    this.notice = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.lang = lang;
    this.dir = dir;
    // Rules that start with this id win over the page's own, short of !important.
    this.id = "docent-dialog";
  }

  protected override createRenderRoot(): this {
    return this;
  }

  async show(view: DialogView, notBack: string | undefined): Promise<void> {
    this.notice = notBack === undefined ? "" : (texts.notBack[notBack] ?? texts.notAllowed);
    this.#continues = false;
    this.view = view;
    await this.updateComplete;
    // The dialog gives the focus to what asks for it, so that has to be drawn before.
    for (const form of this.querySelectorAll("docent-sign-in-form, docent-questions-form, docent-sign-out-form")) {
      if (form instanceof LitElement) await form.updateComplete;
    }
    const dialog = this.querySelector("dialog");
    if (dialog && !dialog.open) dialog.showModal();
  }

  protected override render(): TemplateResult {
    const { store } = this;
    return html`<dialog aria-labelledby="docent-title" @close=${this.#closed}>
      <button type="button" class="close" aria-label=${texts.close} @click=${this.#close}>
        <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round">
          <path d="M5 5l10 10M15 5L5 15" />
        </svg>
      </button>
      ${
        this.view === "questions"
          ? html`<docent-questions-form
              .store=${store}
              @docent-done=${this.#close}
              @docent-signed-out=${this.#signInAgain}
            ></docent-questions-form>`
          : this.view === "sign-out"
            ? html`<docent-sign-out-form .store=${store} @docent-done=${this.#close}></docent-sign-out-form>`
            : html`${this.notice === "" ? nothing : html`<p class="notice" role="status">${this.notice}</p>`}
              <docent-sign-in-form
                .store=${store}
                .site=${this.site}
                .mode=${this.view}
                @docent-switch=${this.#switch}
                @docent-signed-in=${this.#signedIn}
                @docent-signed-up=${this.#ask}
              ></docent-sign-in-form>`
      }
    </dialog>`;
  }

  #close(): void {
    this.querySelector("dialog")?.close();
  }

  #closed(): void {
    // A password stays in no field of a dialog that nobody sees.
    for (const input of this.querySelectorAll<HTMLInputElement>("input[name=password]")) input.value = "";
    // The questions are read anew each time; an address stays typed.
    if (this.view === "questions" || this.view === "sign-out") this.view = "sign-in";
    this.onClose();
  }

  #switch(): void {
    this.view = this.view === "sign-in" ? "sign-up" : "sign-in";
  }

  /** Signing up continues into the questionnaire, unless they answered it before they had an account. */
  #ask(): void {
    const { reader } = this.store ?? {};
    // Closed in the meantime: then they wanted to be left alone.
    if (reader?.status === "signed-in" && reader.hasAnswers) this.#close();
    else if (this.querySelector("dialog")?.open) this.view = "questions";
  }

  #signedIn(): void {
    this.notice = "";
    if (this.#continues) {
      this.#continues = false;
      this.view = "questions";
    } else this.#close();
  }

  #signInAgain(): void {
    this.notice = texts.sessionEnded;
    this.#continues = true;
    this.view = "sign-in";
  }
}

customElements.define("docent-sign-in-form", SignInForm);
customElements.define("docent-questions-form", QuestionsForm);
customElements.define("docent-sign-out-form", SignOutForm);
customElements.define("docent-dialog", DocentDialog);
document.adoptedStyleSheets.push(styleSheet(tokensCss + dialogCss));

let dialog: DocentDialog | undefined;
let toldWhy = false;

export const openDialog: DialogPart["openDialog"] = ({ host, store, view, onClose }) => {
  dialog ??= new DocentDialog();
  dialog.store = store;
  dialog.site = host.site;
  dialog.onClose = onClose;
  // A page that swaps its body (client-side navigation) takes the dialog with it.
  if (!dialog.isConnected) document.body.append(dialog);
  // Said once, and not whenever the dialog opens on this page.
  void dialog.show(view, toldWhy ? undefined : host.handOffError);
  toldWhy = true;
};
