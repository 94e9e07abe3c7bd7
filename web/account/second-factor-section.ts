// The second factor: set up with an app, confirmed with a code, and backup codes that are shown once.
import { html, nothing, type PropertyDeclarations, svg, type TemplateResult } from "lit";
import { AccountForm } from "./account-form.ts";
import { saveFile } from "./save-file.ts";
import { texts } from "./texts/current.ts";
import { codesAnswer, enableAnswer, raw } from "./wire.ts";

/** A QR code as a path, one unit for each module. */
interface Drawn {
  size: number;
  path: string;
}

/** The part that draws QR codes is loaded by who sets one up; without it the key can be typed. */
async function drawn(text: string): Promise<Drawn | undefined> {
  const part = await import("uqr").catch(() => undefined);
  if (!part) return undefined;
  const { data, size } = part.encode(text, { ecc: "M", border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return { size, path };
}

/** In groups of four, as it is typed. */
const grouped = (secret: string): string => secret.replaceAll(/(.{4})(?=.)/g, "$1 ");

export class SecondFactorSection extends AccountForm {
  static override properties: PropertyDeclarations = {
    ...AccountForm.properties,
    uri: { state: true },
    codes: { state: true },
    qr: { state: true },
  };
  /** While it is being set up. */
  declare uri: string;
  /** To be shown once. */
  declare codes: readonly string[];
  declare qr: Drawn | undefined;

  constructor() {
    super();
    this.uri = "";
    this.codes = [];
    this.qr = undefined;
  }

  protected override render(): TemplateResult {
    const { user } = this.store;
    if (this.uri !== "") return this.#setUp();
    if (this.codes.length > 0) return this.#codes();
    const on = user?.twoFactorEnabled === true;
    return html`<p class="intro">${on ? texts.factorOn : texts.factorOff}</p>
      ${this.problemLine()}
      ${
        on
          ? html`<div class="actions">
              <button type="button" @click=${this.#newCodes}>${texts.codesNew}</button>
              <button type="button" class="danger" @click=${this.#disable}>${texts.factorDisable}</button>
            </div>`
          : user?.emailVerified
            ? html`<div class="actions">
                <button type="button" aria-busy=${this.busy} @click=${this.#enable}>${texts.factorEnable}</button>
              </div>`
            : html`<p class="hint">${texts.needsVerified}</p>`
      }
      <p class="done" role="status">${this.done || nothing}</p>`;
  }

  #setUp(): TemplateResult {
    const secret = new URL(this.uri).searchParams.get("secret") ?? "";
    return html`<p>${texts.factorScan}</p>
      ${
        this.qr
          ? html`<svg class="qr" role="img" aria-label=${texts.factorQr} viewBox="0 0 ${this.qr.size} ${this.qr.size}" shape-rendering="crispEdges">
              ${svg`<rect width=${this.qr.size} height=${this.qr.size} fill="#fff" /><path d=${this.qr.path} fill="#000" />`}
            </svg>`
          : nothing
      }
      <p>${texts.factorManual}<br /><code class="secret" dir="ltr">${grouped(secret)}</code></p>
      <p><a href=${this.uri}>${texts.factorOpen}</a></p>
      <form method="post" novalidate aria-busy=${this.busy} @submit=${this.#confirm}>
        ${this.problemLine()}
        <p>${texts.factorConfirm}</p>
        ${this.field("code", texts.code, {
          autocomplete: "one-time-code",
          inputmode: "numeric",
          hint: texts.secondFactorHint,
          maxlength: 10,
        })}
        <div class="actions">
          <button type="submit" class="main">${this.busy ? texts.working : texts.factorConfirmAction}</button>
          <button type="button" @click=${this.#cancel}>${texts.cancel}</button>
        </div>
      </form>`;
  }

  #codes(): TemplateResult {
    return html`<p class="notice" role="status">${this.done}</p>
      <h3 tabindex="-1">${texts.codesTitle}</h3>
      <p>${texts.codesIntro}</p>
      <ul class="codes" dir="ltr">${this.codes.map((code) => html`<li><code>${code}</code></li>`)}</ul>
      ${this.problemLine()}
      <div class="actions no-print">
        <button type="button" @click=${this.#copy}>${texts.copy}</button>
        <button type="button" @click=${this.#download}>${texts.download}</button>
        <button type="button" @click=${() => print()}>${texts.print}</button>
        <button type="button" class="main" @click=${this.#kept}>${texts.codesKept}</button>
      </div>`;
  }

  async #enable(): Promise<void> {
    const sent = await this.send({}, () => this.store.ask("POST", "/api/auth/two-factor/enable", enableAnswer, {}));
    if (!sent) return;
    this.uri = sent.value.totpURI;
    this.codes = sent.value.backupCodes;
    this.qr = await drawn(this.uri);
    await this.updateComplete;
    this.input("code")?.focus();
  }

  async #confirm(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const code = this.value("code").replaceAll(/\s/g, "");
    const mistakes = code === "" ? { code: texts.codeMissing } : {};
    const sent = await this.send(mistakes, () =>
      this.store.ask("POST", "/api/auth/two-factor/verify-totp", raw, { code }),
    );
    if (!sent) return;
    this.uri = "";
    this.qr = undefined;
    await this.#show(texts.factorEnabled);
    await this.store.refresh();
  }

  async #newCodes(): Promise<void> {
    const sent = await this.send({}, () =>
      this.store.ask("POST", "/api/auth/two-factor/generate-backup-codes", codesAnswer, {}),
    );
    if (!sent) return;
    this.codes = sent.value.backupCodes;
    await this.#show(texts.codesMade);
  }

  async #disable(): Promise<void> {
    const sent = await this.send({}, () => this.store.act("/api/auth/two-factor/disable"));
    if (!sent) return;
    this.done = texts.factorDisabled;
    await this.store.refresh();
  }

  #cancel(): void {
    this.uri = "";
    this.codes = [];
    this.qr = undefined;
    this.problem = "";
    this.mistakes = {};
  }

  async #show(said: string): Promise<void> {
    this.done = said;
    await this.updateComplete;
    this.querySelector<HTMLElement>("h3")?.focus();
  }

  get #text(): string {
    return `${this.codes.join("\n")}\n`;
  }

  async #copy(): Promise<void> {
    this.problem = "";
    try {
      await navigator.clipboard.writeText(this.#text);
      this.done = texts.copied;
    } catch {
      this.problem = texts.refused;
    }
  }

  #download(): void {
    saveFile(texts.codesName, "text/plain", this.#text);
  }

  #kept(): void {
    this.codes = [];
    this.done = "";
  }
}
