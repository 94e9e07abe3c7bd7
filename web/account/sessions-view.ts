// Where the reader is signed in, and ways to end it.
import { html, nothing, type TemplateResult } from "lit";
import { deviceOf } from "./device-name.ts";
import { explain } from "./explain.ts";
import { LoadingView } from "./loading-view.ts";
import { ago, texts } from "./texts/current.ts";
import { type DeviceSession, sessionsAnswer } from "./wire.ts";

export const deviceName = ({ userAgent }: DeviceSession): string => {
  const { browser, system } = deviceOf(userAgent);
  if (browser && system) return texts.deviceOn(browser, system);
  return browser ?? system ?? texts.unknownDevice;
};

export class SessionsView extends LoadingView<DeviceSession[]> {
  protected load() {
    return this.store.ask("GET", "/api/auth/list-sessions", sessionsAnswer);
  }

  protected loaded(sessions: DeviceSession[]): TemplateResult {
    const others = sessions.filter((one) => !one.current);
    return html`<section class="card" aria-labelledby="sessions-title">
        <h2 id="sessions-title" tabindex="-1">${texts.sessionsTitle}</h2>
        <p class="intro">${texts.sessionsIntro}</p>
        ${this.statusLines()}
        <ul class="rows">
          ${sessions.map((session) => this.#row(session))}
        </ul>
        ${others.length === 0 ? html`<p class="hint">${texts.noOthers}</p>` : nothing}
      </section>
      <div class="actions">
        ${
          others.length === 0
            ? nothing
            : html`<button type="button" ?disabled=${this.busy} @click=${this.#endOthers}>${texts.signOutOthers}</button>`
        }
        <button type="button" class="danger" ?disabled=${this.busy} @click=${this.#endAll}>${texts.signOutAll}</button>
      </div>`;
  }

  #row(session: DeviceSession): TemplateResult {
    const name = deviceName(session);
    return html`<li>
      <div>
        <p class="value">
          ${name} ${session.current ? html`<span class="tag good">${texts.thisDevice}</span>` : nothing}
        </p>
        <p class="hint">
          ${texts.lastUsed(ago(session.lastAccessedAt ?? session.createdAt, Date.now()))}
          ${session.ipAddress ? html`<bdi>${texts.from(session.ipAddress)}</bdi>` : nothing}
        </p>
        <p class="hint">
          ${texts.signedInOn(ago(session.createdAt, Date.now()))}
          ${session.scope === "docs" && session.origin ? texts.docsOnly(session.origin) : nothing}
        </p>
      </div>
      ${
        session.current
          ? nothing
          : html`<button type="button" aria-label=${texts.signOutDevice(name)} ?disabled=${this.busy} @click=${() => this.#end(session)}>
              ${texts.signOutThere}
            </button>`
      }
    </li>`;
  }

  #end(session: DeviceSession): Promise<void> {
    return this.run(() => this.store.act("/api/auth/revoke-session", { token: session.id }), texts.deviceSignedOut);
  }

  #endOthers(): Promise<void> {
    return this.run(() => this.store.act("/api/auth/revoke-other-sessions"), texts.othersSignedOut);
  }

  async #endAll(): Promise<void> {
    this.busy = true;
    const outcome = await this.store.act("/api/auth/revoke-sessions");
    this.busy = false;
    if (outcome.ok) this.store.ended(texts.signedOut);
    else this.problem = explain(outcome.failure).text;
  }
}
