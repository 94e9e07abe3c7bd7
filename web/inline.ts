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
const url = `${worker}/docent.js`;
/** See facts.ts and passage-visit.ts. What is there was written by them; anything else ends in the catch below. */
const read = (storage: Storage, name: string) => JSON.parse(storage[`docent:${worker}:${name}`] || "{}");
try {
  const { style, patterns } = read(localStorage, "facts");
  const { all, tabs = {} } = read(sessionStorage, "passages");
  const known = new Map<string, string>(patterns);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  page.adoptedStyleSheets.push(sheet);
  /** Passages that were judged, and groups of tabs that have theirs. */
  const seen = new Set<unknown>();
  const observer = new MutationObserver(() => {
    for (const element of page.querySelectorAll<Passage>("[data-for]")) {
      const group = element.parentElement;
      const expression = element.dataset.for ?? "";
      if (!seen.has(element)) {
        seen.add(element);
        const name = group?.dataset.docentTabs;
        const verdict = Object.values(judgePassage(expression, known));
        const isOthers = verdict.includes(false);
        if (name == null) {
          if (isOthers && !all) element.hidden = "until-found";
        } else if (tabs[name] === expression || (!isOthers && verdict[0] && !seen.has(group))) {
          seen.add(group);
          element.open = element.checked = true;
        }
      }
    }
  });
  observer.observe(page, { childList: true, subtree: true });
  self.docentObserver = observer;
} catch {
  // No storage, or not what was stored there: everybody's page.
}
const script = page.createElement("script");
script.src = self.trustedTypes?.createPolicy("docent", { createScriptURL: () => url }).createScriptURL("") ?? url;
page.head.append(script);
