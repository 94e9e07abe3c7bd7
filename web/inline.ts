// The inline tag: chooses passages and tabs before the first paint, then loads `docent.js`. It is put into every page
// as it is built, so it has a kilobyte, its hash is in the pages' security policies, and it must never break a page.
// An observer sees what is parsed before it is painted. Everything else is the part `passages`, which takes over.
import { judgePassage } from "../src/core/passage-expression.ts";

/** A passage, or a tab: `<details>`, or a radio button where tabs are made of style sheets alone. */
interface Passage extends Omit<HTMLElement, "hidden"> {
  hidden: boolean | "until-found";
  open: boolean;
  checked: boolean;
}

const page = document;
const worker = page.currentScript?.dataset.worker;
/** See facts.ts and passage-visit.ts. What is there was written by them; anything else ends in the catch below. */
const read = (storage: Storage, name: string) => JSON.parse(storage[`docent:${worker}:${name}`] || "{}");
/** Passages that were judged, and groups of tabs that have theirs. */
const seen = new Set<Passage | HTMLElement | null>();
let all: unknown;
/** Nobody is left with a page that hides something and has no switch. What the page itself hides stays so. */
const showAll = () => {
  all = 1;
  for (const element of seen) if (element) element.hidden = element.hidden === true;
};
try {
  const { style, patterns } = read(localStorage, "facts");
  const visit = read(sessionStorage, "passages");
  const known = new Map<string, string>(patterns);
  const sheet = new CSSStyleSheet();
  all = visit.all;
  sheet.replaceSync(style);
  page.adoptedStyleSheets.push(sheet);
  const observer = new MutationObserver(() => {
    for (const element of page.querySelectorAll<Passage>("[data-for]")) {
      const group = element.parentElement;
      const expression = element.dataset.for as string;
      if (!seen.has(element)) {
        seen.add(element);
        const name = group?.dataset.docentTabs;
        const verdict = Object.values(judgePassage(expression, known));
        const isOthers = verdict.includes(false);
        if (name == null) {
          if (isOthers && !all) element.hidden = "until-found";
        } else if (visit.tabs?.[name] === expression || (!isOthers && verdict[0] && !seen.has(group))) {
          seen.add(group);
          element.open = element.checked = true;
        }
      }
    }
  });
  self.docentInline = () => {
    observer.disconnect();
    // Nothing is left for `showAll` to show.
    seen.clear();
  };
  observer.observe(page, { childList: true, subtree: true });
  // From when the page itself is there, so that a slow network alone does not count as a slow Worker.
  addEventListener("load", () => setTimeout(showAll, 1500));
} catch {
  // No storage, or not what was stored there: everybody's page.
}
import(`${worker}/docent.js`).catch(showAll);
