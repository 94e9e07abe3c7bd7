// What the widget's own scripts say to each other through the page, and what TypeScript does not know yet.

/** Whether any way to sign in is switched on. Written in by the build. */
declare const DOCENT_SIGN_IN: boolean;

interface Window {
  /** Of the inline tag: called by the part `passages`, which takes over from it. */
  docentInline?: () => void;
}
interface HTMLOrSVGElement {
  readonly dataset: DOMStringMap;
}
