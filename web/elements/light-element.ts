// The base of the widget's elements: Lit, drawn into the node they are in and not into a shadow root of their own,
// because the placeholder already has one. Redraws after every change of the store.
import { html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import type { Widget } from "../host.ts";
import { dir, lang, loaderTexts } from "../locales/current.ts";
import type { ReaderStore } from "../reader/reader-store.ts";

export abstract class StoreElement extends LitElement {
  static override properties: PropertyDeclarations = {
    store: { attribute: false },
    widget: { attribute: false },
  };
  declare store: ReaderStore;
  declare widget: Widget;
  readonly #redraw = () => this.requestUpdate();

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.lang = lang;
    this.dir = dir;
    this.store.addEventListener("change", this.#redraw);
    this.#redraw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.store.removeEventListener("change", this.#redraw);
  }

  /** The placeholder that this element fills. */
  protected get shell(): HTMLElement {
    const root = this.getRootNode();
    return root instanceof ShadowRoot && root.host instanceof HTMLElement ? root.host : this;
  }

  /** Said beside the button that could not open the dialog. */
  protected dialogProblem(): TemplateResult {
    const at = this.store.dialogFailedAt;
    const here = at !== undefined && (at === this.shell || this.contains(at));
    return html`<p class="status" role="status">${here ? loaderTexts.loadFailed : nothing}</p>`;
  }
}
