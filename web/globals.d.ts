// What the widget's own scripts say to each other through the page, and what TypeScript does not know yet.
interface Window {
  /** Of the inline tag; the part `passages` takes over from it. */
  docentObserver?: MutationObserver;
  readonly trustedTypes?: {
    createPolicy(
      name: string,
      rules: { createScriptURL(input: string): string },
    ): { createScriptURL(input: string): string };
  };
}
interface HTMLOrSVGElement {
  readonly dataset: DOMStringMap;
}
