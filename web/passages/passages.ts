// Passages with `data-for`: what is for other readers is hidden, on this page and on what a client-side router puts
// there later. Started where a reader's answers are on this device, and by the first click on a tab.
// A passage is hidden by an attribute and never moved, so that frameworks that own the page are not disturbed.
import { type FactPatterns, isShown, judgePassage, keysAgainst, mistakeIn } from "../../src/core/passage-expression.ts";
import { termName } from "../../src/core/term-names.ts";
import { levelTexts } from "../locales/en.ts";
import type { Locale } from "../locales/locale.ts";
import { levelIn, namesIn } from "../locales/names.ts";
import { factsKey } from "../storage/storage-keys.ts";
import { styleSheet } from "../styles/style-sheet.ts";
import { type Facts, patternsFor, readFacts } from "./facts.ts";
import { passageStyle } from "./passage-style.ts";
import { PassageSwitch, SWITCHED } from "./passage-switch.ts";
import { readVisit, writeVisit } from "./passage-visit.ts";
import { chooseTab, groupsOf, isTab, settleTabs, tabAt } from "./tabs.ts";

/** Why passages have something to do: answers or choices from before, answers given on this page, a click on a tab. */
export type PassagesReason = "before" | "now" | Element;

/** @param options the Worker's origin, and the page's language where it is not English */
export function startPassages(
  { worker, locale }: { readonly worker: string; readonly locale: Locale | undefined },
  why: PassagesReason,
): void {
  let facts: Facts = {};
  let known: FactPatterns = new Map();
  let visit = readVisit(worker);
  /** Passages that are for others, hidden or not, and the answers that say so. */
  const others = new Map<HTMLElement, readonly string[]>();
  /** Those that the reader has come to by find-in-page or a link: they stay. */
  let revealed = new WeakSet<HTMLElement>();
  /** Groups of tabs that have been looked at: afterwards they are the reader's. */
  let settled = new WeakSet<HTMLElement>();
  const warned = new Set<string>();
  let floating: PassageSwitch | undefined;

  const hidden = (element: HTMLElement): boolean => element.hasAttribute("hidden");

  function judge(element: HTMLElement): void {
    const expression = element.dataset.for ?? "";
    const verdict = judgePassage(expression, known);
    const mistake = known.size > 0 ? mistakeIn(expression, known) : undefined;
    if (mistake && !warned.has(expression)) {
      warned.add(expression);
      console.warn(
        `docent: data-for="${expression}" is shown to all: ${
          mistake.kind === "malformed" ? "not key:value" : "nobody is asked"
        }: ${mistake.term}`,
      );
    }
    if (isTab(element)) return;
    if (isShown(verdict)) {
      if (others.delete(element)) element.removeAttribute("hidden");
      return;
    }
    // What the page itself hides is the page's, unless the inline tag did it.
    if (!others.has(element) && hidden(element) && element.getAttribute("hidden") !== "until-found") return;
    others.set(element, keysAgainst(verdict));
    if (visit.all || revealed.has(element)) element.removeAttribute("hidden");
    else if (!hidden(element)) element.setAttribute("hidden", "until-found");
  }

  /** Everything on the page. Cheap: a page has a handful of passages. */
  function settle(): void {
    for (const element of others.keys()) if (!element.isConnected) others.delete(element);
    for (const element of document.querySelectorAll<HTMLElement>("[data-for]")) judge(element);
    for (const group of groupsOf(document)) {
      if (settled.has(group)) continue;
      settled.add(group);
      settleTabs(group, known, visit.tabs ?? {});
    }
    draw();
  }

  /** The reader's answers that something on this page is hidden by, as one text. */
  function namesShownFor(): string {
    const keys = new Set([...others.values()].flat());
    const names = [...keys].flatMap((key) =>
      (facts[key] ?? []).map((answer) =>
        key === "level" ? levelIn(locale?.levels ?? levelTexts, answer) : termName(answer),
      ),
    );
    return names.length > 0 ? namesIn(locale?.lang ?? "en", names) : "";
  }

  /** Also where nobody asked for it: the inline tag gave up waiting, or the reader has found the only one. */
  const allShown = (): boolean => ![...others.keys()].some(hidden);

  function draw(): void {
    const state = { names: namesShownFor(), all: allShown() };
    const placed = [...document.querySelectorAll("docent-passages")].filter((one) => one instanceof PassageSwitch);
    const own = placed.filter((one) => one !== floating);
    if (own.length > 0) floating?.remove();
    else if (state.names !== "" && !floating?.isConnected) {
      floating ??= new PassageSwitch();
      floating.toggleAttribute("data-docent-floating", true);
      document.body.append(floating);
    }
    for (const one of own.length > 0 ? own : [floating]) one?.show(state, locale);
  }

  function readAnswers(): void {
    facts = readFacts(worker);
    known = Object.keys(facts).length > 0 ? patternsFor(facts) : new Map();
  }

  /** A link to something inside a hidden passage. Browsers do it themselves for those that can be searched. */
  function revealTarget(): void {
    let id = location.hash.slice(1);
    try {
      id = decodeURIComponent(id);
    } catch {
      // As it is.
    }
    const target = id === "" ? null : document.getElementById(id);
    const around = [...others.keys()].filter((element) => element.contains(target) && hidden(element));
    if (!target || around.length === 0) return;
    reveal(around);
    target.scrollIntoView();
  }

  function reveal(elements: readonly HTMLElement[]): void {
    for (const element of elements) {
      revealed.add(element);
      element.removeAttribute("hidden");
    }
    draw();
  }

  customElements.define("docent-passages", PassageSwitch);
  document.adoptedStyleSheets.push(styleSheet(passageStyle()));
  readAnswers();
  self.docentInline?.();
  if (self.docentInline && why === "before") {
    // What the inline tag has hidden and is not hidden any more was found by the reader, or was shown because this came
    // late: then it stays. Tabs are where the reader put them.
    for (const element of document.querySelectorAll<HTMLElement>("[data-for]")) {
      if (!hidden(element)) revealed.add(element);
    }
    for (const group of groupsOf(document)) settled.add(group);
  }
  const tab = why instanceof Element ? tabAt(why) : undefined;
  if (tab && !(tab instanceof HTMLDetailsElement && !tab.open)) choose(tab);
  settle();
  revealTarget();

  const concerns = (node: Node): boolean =>
    node instanceof Element &&
    (node.matches("[data-for], docent-passages") || node.querySelector("[data-for]") !== null);
  new MutationObserver((changes) => {
    const isOurs = ({ type, addedNodes, removedNodes }: MutationRecord): boolean =>
      type === "attributes" || [...addedNodes, ...removedNodes].some((node) => node !== floating && concerns(node));
    if (changes.some(isOurs) || (floating && !floating.isConnected && others.size > 0)) settle();
  }).observe(document, { childList: true, subtree: true, attributeFilter: ["data-for"] });

  document.addEventListener("beforematch", (event) => {
    reveal([...others.keys()].filter((element) => element === event.target));
  });
  document.addEventListener(SWITCHED, () => {
    visit = { ...visit, all: !allShown() };
    writeVisit(worker, visit);
    for (const element of others.keys()) revealed.delete(element);
    settle();
  });
  document.addEventListener("click", ({ target, isTrusted }) => {
    const tab = isTrusted && target instanceof Element ? tabAt(target) : undefined;
    // A click on an open <details> closes it.
    if (tab && !(tab instanceof HTMLDetailsElement && tab.open)) choose(tab);
  });
  function choose(tab: HTMLElement): void {
    visit = { ...visit, tabs: chooseTab(tab, visit.tabs ?? {}) };
    writeVisit(worker, visit);
  }
  addEventListener("hashchange", revealTarget);
  const changed = (): void => {
    readAnswers();
    revealed = new WeakSet();
    settled = new WeakSet();
    settle();
  };
  document.addEventListener("docent-facts-changed", changed);
  addEventListener("storage", ({ key }) => {
    if (key === null || key === factsKey(worker)) changed();
  });
}
