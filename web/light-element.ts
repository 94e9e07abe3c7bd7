// The base of the widget's elements: Lit, drawn into the node they are in and not into a shadow root of their own,
// because the placeholder already has one. Redraws after every change of the store.
import { LitElement, type PropertyDeclarations } from "lit";
import type { ReaderStore } from "./reader-store.ts";

export abstract class StoreElement extends LitElement {
  static override properties: PropertyDeclarations = { store: { attribute: false } };
  declare store: ReaderStore;
  readonly #redraw = () => this.requestUpdate();

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.lang = "en";
    this.store.addEventListener("change", this.#redraw);
    this.#redraw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.store.removeEventListener("change", this.#redraw);
  }
}
