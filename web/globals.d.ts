// What the widget's own scripts say to each other through the page, and what TypeScript does not know yet.

/** Whether any way to sign in is switched on. Written in by the build. */
declare const DOCENT_SIGN_IN: boolean;

interface Window {
  /** Of the inline tag; the part `passages` takes over from it. */
  docentObserver?: MutationObserver & {
    /** The timer that shows everything if that does not happen. */
    fallback?: number;
  };
}
interface HTMLOrSVGElement {
  readonly dataset: DOMStringMap;
}
