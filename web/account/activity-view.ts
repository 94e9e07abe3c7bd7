// What happened to the account, as the reader may know it.
import { html, nothing, type TemplateResult } from "lit";
import { deviceOf } from "./device-name.ts";
import { explain } from "./explain.ts";
import { LoadingView } from "./loading-view.ts";
import { moment, texts } from "./texts/current.ts";
import { type AuditEvent, auditAnswer } from "./wire.ts";

interface Loaded {
  events: AuditEvent[];
  next: string | null;
}

/** One event in words. `nameOf` gives a provider's name. */
export function eventText({ action, detail }: AuditEvent, nameOf: (id: string) => string): string {
  const what = Object.hasOwn(texts.events, action) ? (texts.events[action] ?? action) : action;
  const { method } = detail;
  if (method === undefined) return what;
  const how = Object.hasOwn(texts.ways, method) ? texts.ways[method] : texts.withSite(nameOf(method));
  return `${what} ${how}`;
}

export function eventDevice({ userAgent, ipAddress }: AuditEvent): string {
  const { browser, system } = deviceOf(userAgent);
  const device = browser && system ? texts.deviceOn(browser, system) : (browser ?? system ?? "");
  return [device, ipAddress ? texts.from(ipAddress) : ""].filter((part) => part !== "").join(" ");
}

export class ActivityView extends LoadingView<Loaded> {
  protected load() {
    return this.store.ask("GET", "/api/audit", auditAnswer);
  }

  protected loaded({ events, next }: Loaded): TemplateResult {
    const providers = this.store.config?.methods.providers ?? [];
    const nameOf = (id: string) => providers.find((one) => one.id === id)?.name ?? id;
    return html`<section class="card" aria-labelledby="activity-title">
      <h2 id="activity-title" tabindex="-1">${texts.activityTitle}</h2>
      <p class="intro">${texts.activityIntro}</p>
      ${this.statusLines()}
      ${events.length === 0 ? html`<p class="hint">${texts.activityNone}</p>` : nothing}
      <ol class="rows">
        ${events.map(
          (event) => html`<li>
            <div>
              <p class="value">
                ${eventText(event, nameOf)}
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
    </section>`;
  }

  async #older(cursor: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = "";
    const outcome = await this.store.ask("GET", `/api/audit?${new URLSearchParams({ cursor })}`, auditAnswer);
    this.busy = false;
    if (!outcome.ok) this.problem = explain(outcome.failure).text;
    else
      this.content = { events: [...(this.content?.events ?? []), ...outcome.value.events], next: outcome.value.next };
  }
}
