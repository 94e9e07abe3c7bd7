// All readers: searched, a page at a time.
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { AccountForm } from "../account-form.ts";
import { ago, day, texts } from "../texts/current.ts";
import { adminTexts } from "./current.ts";
import { type UserSummary, usersAnswer } from "./wire.ts";

/** What an administrator has to know of an account at a glance. */
export function stateOf(user: UserSummary): TemplateResult {
  const banned = user.banned && (user.banExpires === null || Date.parse(user.banExpires) > Date.now());
  if (!user.isActive) return html`<span class="tag bad">${adminTexts.inactive}</span>`;
  if (banned) {
    return html`<span class="tag bad">
      ${user.banExpires === null ? adminTexts.banned : adminTexts.bannedUntil(day(user.banExpires))}
    </span>`;
  }
  return html`<span class="tag good">${adminTexts.active}</span>
    ${user.emailVerified ? nothing : html`<span class="tag">${adminTexts.unverified}</span>`}`;
}

export class UsersView extends AccountForm {
  static override properties: PropertyDeclarations = {
    ...AccountForm.properties,
    users: { state: true },
    next: { state: true },
  };
  declare users: UserSummary[] | undefined;
  declare next: string | null;
  #query = "";

  constructor() {
    super();
    this.users = undefined;
    this.next = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#find("");
  }

  protected override render(): TemplateResult {
    const { users } = this;
    return html`<section class="card" aria-labelledby="users-title">
      <h2 id="users-title">${adminTexts.find}</h2>
      <form method="post" novalidate role="search" aria-busy=${this.busy} @submit=${this.#submit}>
        ${this.problemLine()}
        ${this.field("query", adminTexts.query, { autocomplete: "off", hint: adminTexts.queryHint })}
        ${this.submitRow(adminTexts.search)}
      </form>
      ${
        users === undefined
          ? nothing
          : users.length === 0
            ? html`<p>${adminTexts.none}</p>`
            : html`<ul class="rows">${users.map((user) => this.#row(user))}</ul>`
      }
      ${
        this.next === null
          ? nothing
          : html`<div class="actions"><button type="button" ?disabled=${this.busy} @click=${this.#more}>${adminTexts.more}</button></div>`
      }
    </section>`;
  }

  #row(user: UserSummary): TemplateResult {
    return html`<li>
      <div>
        <p class="value"><bdi>${user.name || user.email}</bdi></p>
        ${user.name ? html`<p class="hint"><bdi>${user.email}</bdi></p>` : nothing}
        <p class="row">
          ${stateOf(user)}
          ${user.role === "user" ? nothing : html`<span class="tag">${adminTexts.roles[user.role]}</span>`}
          <span class="hint">
            ${adminTexts.lastSeen}: ${user.lastLoginAt ? ago(user.lastLoginAt, Date.now()) : texts.never}
          </span>
        </p>
      </div>
      <button type="button" aria-label=${adminTexts.open(user.email)} @click=${() => this.#open(user.id)}>
        ${adminTexts.reader}
      </button>
    </li>`;
  }

  #open(id: string): void {
    this.dispatchEvent(new CustomEvent("open-user", { detail: id, bubbles: true }));
  }

  async #submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    await this.#find(this.value("query").trim());
    if (this.users && this.problem === "") this.done = adminTexts.found(this.users.length);
  }

  async #find(query: string): Promise<void> {
    const parameters = new URLSearchParams({ ...(query !== "" && { query }) });
    const sent = await this.send({}, () => this.store.ask("GET", `/api/admin/users?${parameters}`, usersAnswer));
    if (!sent) return;
    this.#query = query;
    ({ users: this.users, next: this.next } = sent.value);
  }

  async #more(): Promise<void> {
    const { next } = this;
    if (next === null) return;
    const parameters = new URLSearchParams({ ...(this.#query !== "" && { query: this.#query }), cursor: next });
    const sent = await this.send({}, () => this.store.ask("GET", `/api/admin/users?${parameters}`, usersAnswer));
    if (!sent) return;
    this.users = [...(this.users ?? []), ...sent.value.users];
    this.next = sent.value.next;
  }
}
