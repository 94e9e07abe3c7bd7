// How the reader proves who they are: password, passkeys, second factor, linked sites. What is switched on is shown.
import { html, nothing, type TemplateResult } from "lit";
import { list } from "../api/shape.ts";
import { explain } from "./explain.ts";
import { LoadingView } from "./loading-view.ts";
import { isCredential, methodsSection } from "./methods-section.ts";
import { texts } from "./texts/current.ts";
import { type LinkedAccount, linkAnswer, linkedAccount } from "./wire.ts";

export class SecurityView extends LoadingView<LinkedAccount[]> {
  protected load() {
    return this.store.ask("GET", "/api/auth/list-accounts", list(linkedAccount));
  }

  protected loaded(linked: LinkedAccount[]): TemplateResult {
    const { store } = this;
    const methods = store.config?.methods;
    const has = linked.some(isCredential);
    return html`
      ${
        methods?.password
          ? html`<section class="card" aria-labelledby="security-password">
              <h2 id="security-password">${texts.passwordTitle}</h2>
              <p class="intro">${has ? texts.passwordChangeIntro : texts.setPasswordIntro}</p>
              <account-password-form .store=${store} .has=${has} @changed=${this.reload}></account-password-form>
            </section>`
          : nothing
      }
      ${
        methods?.passkey
          ? html`<section class="card" aria-labelledby="security-passkeys">
              <h2 id="security-passkeys">${texts.passkeys}</h2>
              <p class="intro">${texts.passkeysIntro}</p>
              <account-passkeys-section .store=${store}></account-passkeys-section>
            </section>`
          : nothing
      }
      <section class="card" aria-labelledby="security-factor">
        <h2 id="security-factor">${texts.factor}</h2>
        <account-second-factor-section .store=${store}></account-second-factor-section>
      </section>
      ${
        methods && (methods.providers.length > 0 || linked.some((one) => !isCredential(one)))
          ? html`<section class="card" aria-labelledby="security-methods">
              <h2 id="security-methods" tabindex="-1">${texts.methods}</h2>
              <p class="intro">${texts.methodsIntro}</p>
              ${this.statusLines()}
              ${methodsSection(store, linked, { busy: this.busy, link: this.#link, unlink: this.#unlink })}
            </section>`
          : nothing
      }
    `;
  }

  /** Goes to the provider, and comes back to this page. */
  readonly #link = async (provider: string): Promise<void> => {
    this.busy = true;
    this.problem = "";
    const outcome = await this.store.ask("POST", "/api/auth/link-social", linkAnswer, { provider });
    this.busy = false;
    if (outcome.ok) location.assign(outcome.value.url);
    else this.problem = explain(outcome.failure).text;
  };

  readonly #unlink = ({ id }: LinkedAccount): void => {
    void this.run(() => this.store.act("/api/auth/unlink-account", { accountId: id }), texts.methodUnlinked);
  };
}
