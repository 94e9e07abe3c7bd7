// Accounts at other sites with which the reader can sign in.
import { html, nothing, type TemplateResult } from "lit";
import type { AccountStore } from "./store.ts";
import { ago, texts } from "./texts/current.ts";
import type { LinkedAccount } from "./wire.ts";

export const isCredential = ({ providerId }: LinkedAccount): boolean => providerId === "credential";

/** Drawn inside the view that has loaded the linked accounts. */
export function methodsSection(
  store: AccountStore,
  linked: readonly LinkedAccount[],
  { busy, link, unlink }: { busy: boolean; link: (id: string) => void; unlink: (account: LinkedAccount) => void },
): TemplateResult {
  const providers = store.config?.methods.providers ?? [];
  const nameOf = (id: string) => providers.find((one) => one.id === id)?.name ?? id;
  const others = linked.filter((one) => !isCredential(one));
  const free = providers.filter(({ id }) => !others.some((one) => one.providerId === id));
  return html`<ul class="rows">
      ${others.map((account) => {
        const name = nameOf(account.providerId);
        return html`<li>
          <div>
            <p class="value">${name}</p>
            <p class="hint">${texts.methodLinked(ago(account.createdAt, Date.now()))}</p>
          </div>
          <button type="button" class="danger" aria-label=${texts.methodUnlink(name)} ?disabled=${busy} @click=${() => unlink(account)}>
            ${texts.remove}
          </button>
        </li>`;
      })}
    </ul>
    ${
      free.length === 0
        ? nothing
        : store.user?.emailVerified
          ? html`<div class="actions">
              ${free.map(
                ({ id, name }) =>
                  html`<button type="button" ?disabled=${busy} @click=${() => link(id)}>${texts.methodLink(name)}</button>`,
              )}
            </div>`
          : html`<p class="hint">${texts.needsVerified}</p>`
    }`;
}
