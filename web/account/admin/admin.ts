// The part for administrators: all readers, and one of them. Loaded for administrators only; what they may do, the
// Worker decides.
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { StoreView } from "../account-form.ts";
import { adminTexts } from "./current.ts";
import { UserView } from "./user-view.ts";
import { UsersView } from "./users-view.ts";

class AdminView extends StoreView {
  static override properties: PropertyDeclarations = { ...StoreView.properties, userId: { state: true } };
  /** The reader who is looked at. */
  declare userId: string | undefined;
  #said = "";

  constructor() {
    super();
    this.userId = undefined;
  }

  protected override render(): TemplateResult {
    const { store, userId } = this;
    if (userId === undefined) {
      return html`<p class="notice" role="status">${this.#said || nothing}</p>
        <account-users-view
          .store=${store}
          @open-user=${(event: CustomEvent<string>) => this.#look(event.detail, "")}
        ></account-users-view>`;
    }
    return html`<p><button type="button" class="link" @click=${() => this.#look(undefined, "")}>${adminTexts.backToList}</button></p>
      <account-user-view
        .store=${store}
        .userId=${userId}
        @user-deleted=${() => this.#look(undefined, adminTexts.deleted)}
      ></account-user-view>`;
  }

  async #look(userId: string | undefined, said: string): Promise<void> {
    this.#said = said;
    this.userId = userId;
    await this.updateComplete;
    // What was pressed is gone.
    this.querySelector<HTMLElement>(userId === undefined ? "input" : "button")?.focus();
  }
}

customElements.define("account-users-view", UsersView);
customElements.define("account-user-view", UserView);
customElements.define("account-admin-view", AdminView);
