/** A style sheet from text. Constructed sheets need no exception in a strict `style-src`. */
export function styleSheet(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}
