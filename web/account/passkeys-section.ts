// The reader's passkeys: added, named anew, removed.
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { list } from "../api/shape.ts";
import { explain } from "./explain.ts";
import { LoadingView } from "./loading-view.ts";
import { ago, texts } from "./texts/current.ts";
import { type PasskeyRow, passkeyRow } from "./wire.ts";

export class PasskeysSection extends LoadingView<PasskeyRow[]> {
  static override properties: PropertyDeclarations = { ...LoadingView.properties, renaming: { state: true } };
  /** The id of the one whose name is being typed. */
  declare renaming: string;

  constructor() {
    super();
    this.renaming = "";
  }

  protected load() {
    return this.store.ask("GET", "/api/auth/passkey/list-user-passkeys", list(passkeyRow));
  }

  protected loaded(passkeys: PasskeyRow[]): TemplateResult {
    const verified = this.store.user?.emailVerified === true;
    return html`${this.statusLines()}
      ${
        passkeys.length === 0
          ? html`<p class="hint">${texts.passkeyNone}</p>`
          : html`<ul class="rows">${passkeys.map((one) => this.#row(one))}</ul>`
      }
      ${
        verified
          ? html`<div class="actions">
              <button type="button" aria-busy=${this.busy} @click=${this.#add}>${texts.passkeyAdd}</button>
            </div>`
          : html`<p class="hint">${texts.needsVerified}</p>`
      }`;
  }

  #row(passkey: PasskeyRow): TemplateResult {
    const name = passkey.name || texts.passkeyUnnamed;
    if (this.renaming === passkey.id) {
      return html`<li>
        <form class="inline" method="post" novalidate @submit=${(event: SubmitEvent) => this.#rename(event, passkey)}>
          <div class="field">
            <label for="passkey-name">${texts.passkeyName}</label>
            <input id="passkey-name" name="name" type="text" autocomplete="off" dir="auto" maxlength="100" .value=${name} />
            <p class="hint">${texts.passkeyNameHint}</p>
          </div>
          <div class="actions">
            <button type="submit" class="main">${texts.save}</button>
            <button type="button" @click=${() => this.#edit("")}>${texts.cancel}</button>
          </div>
        </form>
      </li>`;
    }
    return html`<li>
      <div>
        <p class="value"><bdi>${name}</bdi></p>
        <p class="hint">
          ${passkey.createdAt ? texts.passkeyMade(ago(passkey.createdAt, Date.now())) : nothing}
          ${passkey.lastUsedAt ? html`· ${texts.passkeyUsed(ago(passkey.lastUsedAt, Date.now()))}` : nothing}
        </p>
      </div>
      <div class="actions">
        <button type="button" aria-label=${texts.renameOf(name)} @click=${() => this.#edit(passkey.id)}>${texts.rename}</button>
        <button type="button" class="danger" aria-label=${texts.removeOf(name)} ?disabled=${this.busy} @click=${() => this.#remove(passkey)}>
          ${texts.remove}
        </button>
      </div>
    </li>`;
  }

  async #edit(id: string): Promise<void> {
    this.renaming = id;
    await this.updateComplete;
    if (id !== "") this.querySelector<HTMLInputElement>("input")?.select();
  }

  async #rename(event: SubmitEvent, { id }: PasskeyRow): Promise<void> {
    event.preventDefault();
    const name = this.querySelector<HTMLInputElement>("input[name=name]")?.value.trim() ?? "";
    if (name === "") return;
    await this.run(() => this.store.act("/api/auth/passkey/update-passkey", { id, name }), texts.passkeyRenamed);
    if (this.problem === "") this.renaming = "";
  }

  #remove({ id }: PasskeyRow): Promise<void> {
    return this.run(() => this.store.act("/api/auth/passkey/delete-passkey", { id }), texts.passkeyRemoved);
  }

  async #add(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = "";
    this.done = "";
    const part = await import("./webauthn.ts").catch(() => undefined);
    const added = part ? await part.addPasskey(this.store, "") : undefined;
    this.busy = false;
    if (!added) this.problem = texts.partFailed;
    else if (added.ok) {
      await this.reload();
      this.done = texts.passkeyAdded;
    } else this.problem = "said" in added ? added.said : explain(added.failure).text;
  }
}
