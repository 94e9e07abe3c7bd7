// How passages that are for others are hidden. The text is kept beside the facts, because the inline tag, which needs it
// before the first paint, has no room for it.

/** What find-in-page may look into: only boxes of blocks can be hidden and still be searched. */
const BLOCKS = ":is(div,p,pre,li,ul,ol,dl,section,aside,article,figure,blockquote,details,h1,h2,h3,h4,h5,h6)";

/**
 * `!important` against whatever the page says about the element. A searchable one is taken out of the flow, because a
 * box of height zero would still keep the margins before and after it apart.
 */
export function passageStyle(): string {
  const searchable =
    "onbeforematch" in document.documentElement
      ? `${BLOCKS}[data-for][hidden=until-found]{display:block!important;position:absolute!important;content-visibility:hidden!important;margin:0!important;padding:0!important;border:0!important}`
      : "";
  return `[data-for][hidden]{display:none!important}${searchable}`;
}
