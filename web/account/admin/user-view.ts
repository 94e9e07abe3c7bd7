// One reader: who they are, where they are signed in, what happened to their account, and what may be done to it. Each
// change asks for a fresh proof of who the administrator is; the Worker sees to it.
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { eventDevice, eventText } from "../activity-view.ts";
import { deviceOf } from "../device-name.ts";
import { LoadingView } from "../loading-view.ts";
import { saveFile } from "../save-file.ts";
import { ago, day, moment, texts } from "../texts/current.ts";
import { type AuditEvent, raw } from "../wire.ts";
import { adminTexts } from "./current.ts";
import { stateOf } from "./users-view.ts";
import { type AdminUser, adminAuditAnswer, type ReaderSession, type UserAnswer, userAnswer } from "./wire.ts";

interface Loaded extends UserAnswer {
  events: AuditEvent[];
  next: string | null;
}

export class UserView extends LoadingView<Loaded> {
  static override properties: PropertyDeclarations = { ...LoadingView.properties, userId: { attribute: false } };
  declare userId: string;

  protected async load() {
    const [user, audit] = await Promise.all([
      this.store.ask("GET", `/api/admin/user?${new URLSearchParams({ id: this.userId })}`, userAnswer),
      this.store.ask("GET", this.#audit(), adminAuditAnswer),
    ]);
    if (!user.ok) return user;
    if (!audit.ok) return audit;
    return { ok: true as const, value: { ...user.value, ...audit.value } };
  }

  #audit(cursor?: string): string {
    return `/api/admin/audit?${new URLSearchParams({ id: this.userId, ...(cursor !== undefined && { cursor }) })}`;
  }

  protected loaded({ user, methods, passkeys, sessions, events, next }: Loaded): TemplateResult {
    const isSelf = user.id === this.store.user?.id;
    const ways = [...methods.map(({ provider }) => (provider === "credential" ? texts.password : provider))];
    return html`
      <section class="card" aria-labelledby="user-title">
        <h2 id="user-title" tabindex="-1"><bdi>${user.name || user.email}</bdi></h2>
        ${this.statusLines()}
        <dl class="facts">
          <dt>${texts.email}</dt>
          <dd><bdi>${user.email}</bdi></dd>
          <dt>${adminTexts.state}</dt>
          <dd>${stateOf(user)}</dd>
          ${user.banReason ? html`<dt>${adminTexts.banReason}</dt><dd><bdi>${user.banReason}</bdi></dd>` : nothing}
          <dt>${adminTexts.role}</dt>
          <dd>${adminTexts.roles[user.role]}</dd>
          <dt>${adminTexts.waysIn}</dt>
          <dd>
            ${[...ways, ...(passkeys > 0 ? [adminTexts.passkeys(passkeys)] : []), ...(user.twoFactorEnabled ? [adminTexts.secondFactor] : [])].join(", ")}
          </dd>
          <dt>${adminTexts.created}</dt>
          <dd>${day(user.createdAt)}</dd>
          <dt>${adminTexts.lastSeen}</dt>
          <dd>${user.lastLoginAt ? ago(user.lastLoginAt, Date.now()) : texts.never}</dd>
        </dl>
        ${isSelf ? html`<p class="hint">${adminTexts.yourself}</p>` : nothing}
      </section>
      ${isSelf ? nothing : this.#changes(user)}
      <section class="card" aria-labelledby="user-sessions">
        <h2 id="user-sessions">${adminTexts.sessions}</h2>
        ${sessions.length === 0 ? html`<p class="hint">${adminTexts.noSessions}</p>` : nothing}
        <ul class="rows">${sessions.map((session) => this.#session(session))}</ul>
        ${
          sessions.length === 0
            ? nothing
            : html`<div class="actions">
                <button type="button" class="danger" ?disabled=${this.busy} @click=${() => this.#change("revoke-sessions", {}, adminTexts.ended)}>
                  ${adminTexts.endAll}
                </button>
              </div>`
        }
      </section>
      <section class="card" aria-labelledby="user-activity">
        <h2 id="user-activity">${adminTexts.activity}</h2>
        <ol class="rows">
          ${events.map(
            (event) => html`<li>
              <div>
                <p class="value">
                  ${eventText(event, (id) => id)}
                  ${event.by === "administrator" ? texts.byAdministrator : event.by === "system" ? texts.bySystem : nothing}
                </p>
                <p class="hint">${eventDevice(event)}</p>
              </div>
              <time class="hint" datetime=${event.at}>${moment(event.at)}</time>
            </li>`,
          )}
        </ol>
        ${
          next === null
            ? nothing
            : html`<div class="actions"><button type="button" @click=${() => this.#older(next)}>${texts.older}</button></div>`
        }
      </section>
    `;
  }

  #changes(user: AdminUser): TemplateResult {
    return html`<section class="card" aria-labelledby="user-role">
        <h2 id="user-role">${adminTexts.changeRole}</h2>
        <form method="post" novalidate @submit=${this.#role}>
          <div class="field">
            <label for="user-role-choice">${adminTexts.role}</label>
            <select id="user-role-choice" name="role">
              ${["user", "moderator", "admin"].map(
                (role) =>
                  html`<option value=${role} ?selected=${role === user.role}>${adminTexts.roles[role]}</option>`,
              )}
            </select>
          </div>
          <div class="actions"><button type="submit" ?disabled=${this.busy}>${adminTexts.changeRoleAction}</button></div>
        </form>
      </section>
      <section class="card" aria-labelledby="user-ban">
        <h2 id="user-ban">${adminTexts.ban}</h2>
        ${
          user.banned
            ? html`<div class="actions">
                <button type="button" ?disabled=${this.busy} @click=${() => this.#change("unban", {}, adminTexts.unbanned)}>
                  ${adminTexts.unban}
                </button>
              </div>`
            : html`<p class="intro">${adminTexts.banIntro}</p>
                <form method="post" novalidate @submit=${this.#ban}>
                  <div class="field">
                    <label for="ban-reason">${adminTexts.reason}</label>
                    <input id="ban-reason" name="reason" type="text" autocomplete="off" dir="auto" maxlength="500" aria-describedby="ban-reason-hint" />
                    <p id="ban-reason-hint" class="hint">${adminTexts.reasonHint}</p>
                  </div>
                  <div class="field">
                    <label for="ban-until">${adminTexts.until}</label>
                    <input id="ban-until" name="until" type="date" aria-describedby="ban-until-hint" />
                    <p id="ban-until-hint" class="hint">${adminTexts.untilHint}</p>
                  </div>
                  <div class="actions"><button type="submit" class="danger" ?disabled=${this.busy}>${adminTexts.banAction}</button></div>
                </form>`
        }
      </section>
      <section class="card" aria-labelledby="user-actions">
        <h2 id="user-actions">${adminTexts.actions}</h2>
        <div class="actions">
          ${
            user.isActive
              ? html`<button type="button" ?disabled=${this.busy} @click=${() => this.#change("deactivate", {}, adminTexts.deactivated)}>
                  ${adminTexts.deactivate}
                </button>`
              : html`<button type="button" ?disabled=${this.busy} @click=${() => this.#change("activate", {}, adminTexts.activated)}>
                  ${adminTexts.activate}
                </button>`
          }
          <button type="button" ?disabled=${this.busy} @click=${this.#export}>${adminTexts.exportAction}</button>
        </div>
        <form method="post" novalidate @submit=${this.#delete}>
          <label class="check"><input type="checkbox" name="sure" /> ${adminTexts.deleteSure(user.email)}</label>
          <div class="actions"><button type="submit" class="danger" ?disabled=${this.busy}>${adminTexts.deleteAction}</button></div>
        </form>
      </section>`;
  }

  #session(session: ReaderSession): TemplateResult {
    const { browser, system } = deviceOf(session.userAgent);
    const name = browser && system ? texts.deviceOn(browser, system) : (browser ?? system ?? texts.unknownDevice);
    return html`<li>
      <div>
        <p class="value">${name}</p>
        <p class="hint">
          ${texts.lastUsed(ago(session.lastAccessedAt ?? session.createdAt, Date.now()))}
          ${session.ipAddress ? html`<bdi>${texts.from(session.ipAddress)}</bdi>` : nothing}
          ${session.scope === "docs" && session.origin ? texts.docsOnly(session.origin) : nothing}
        </p>
      </div>
      <button type="button" aria-label=${texts.signOutDevice(name)} ?disabled=${this.busy} @click=${() =>
        this.#change("revoke-sessions", { sessionId: session.id }, adminTexts.ended)}>
        ${adminTexts.endOne}
      </button>
    </li>`;
  }

  #change(route: string, more: object, done: string): Promise<void> {
    return this.run(() => this.store.act(`/api/admin/${route}`, { userId: this.userId, ...more }), done);
  }

  #role(event: SubmitEvent): void {
    event.preventDefault();
    const role = this.querySelector<HTMLSelectElement>("select[name=role]")?.value;
    void this.#change("role", { role }, adminTexts.roleChanged);
  }

  #ban(event: SubmitEvent): void {
    event.preventDefault();
    const reason = this.querySelector<HTMLInputElement>("input[name=reason]");
    const until = this.querySelector<HTMLInputElement>("input[name=until]")?.value ?? "";
    this.problem = "";
    if (!reason || reason.value.trim() === "") {
      this.problem = adminTexts.reasonMissing;
      reason?.focus();
      return;
    }
    const end = until === "" ? undefined : new Date(`${until}T23:59:59`);
    if (end && end.getTime() <= Date.now()) {
      this.problem = adminTexts.untilPast;
      return;
    }
    const more = { reason: reason.value.trim(), ...(end && { until: end.toISOString() }) };
    void this.#change("ban", more, adminTexts.bannedNow);
  }

  #export(): Promise<void> {
    return this.run(async () => {
      const outcome = await this.store.ask("POST", "/api/admin/export", raw, { userId: this.userId });
      if (outcome.ok) {
        saveFile(adminTexts.exportName, "application/json", JSON.stringify(outcome.value, null, 2));
      }
      return outcome;
    }, adminTexts.exported);
  }

  async #delete(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (!this.querySelector<HTMLInputElement>("input[name=sure]")?.checked) {
      this.problem = adminTexts.deleteSureMissing;
      return;
    }
    if (this.busy) return;
    this.busy = true;
    const outcome = await this.store.act("/api/admin/delete-user", { userId: this.userId });
    this.busy = false;
    if (outcome.ok) this.dispatchEvent(new CustomEvent("user-deleted", { bubbles: true }));
    else await this.run(async () => outcome, "");
  }

  async #older(cursor: string): Promise<void> {
    const outcome = await this.store.ask("GET", this.#audit(cursor), adminAuditAnswer);
    if (!outcome.ok || !this.content) {
      this.problem = texts.loadFailed;
      return;
    }
    const { events, next } = outcome.value;
    this.content = { ...this.content, events: [...this.content.events, ...events], next };
  }
}
