// Tabs whose tabs say for whom they are: the one that fits is open, a choice by hand holds for all groups of that name.
// A group is an element with `data-docent-tabs="name"`; its tabs are its children with `data-for`: `<details>`, radio
// buttons, or elements of the role "tab", which belong to somebody's script and are clicked.
import { type FactPatterns, isShown, judgePassage } from "../../src/core/passage-expression.ts";
import type { Visit } from "./passage-visit.ts";

type Chosen = NonNullable<Visit["tabs"]>;

const expressionOf = (tab: HTMLElement): string => tab.dataset.for ?? "";

/** The tab that an element is a part of the handle of, if any. */
export function tabAt(element: Element): HTMLElement | undefined {
  const handle = element.closest<HTMLElement>("summary, label, input, [role=tab]");
  const labelled = handle instanceof HTMLLabelElement ? handle.control : handle;
  const tab = labelled?.matches("summary") ? labelled.parentElement : labelled;
  return tab && isTab(tab) ? tab : undefined;
}

export const isTab = (element: HTMLElement): boolean =>
  element.dataset.for !== undefined && element.parentElement?.dataset.docentTabs !== undefined;

export const groupsOf = (root: ParentNode): HTMLElement[] => [
  ...root.querySelectorAll<HTMLElement>("[data-docent-tabs]"),
];

const tabsOf = (group: Element): HTMLElement[] =>
  [...group.children].filter((child): child is HTMLElement => child instanceof HTMLElement && isTab(child));

function open(tab: HTMLElement): void {
  if (tab instanceof HTMLInputElement) {
    if (tab.checked) return;
    tab.checked = true;
    tab.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (tab instanceof HTMLDetailsElement) {
    for (const other of tab.parentElement?.children ?? []) {
      if (other instanceof HTMLDetailsElement) other.open = other === tab;
    }
  } else if (tab.ariaSelected !== "true") tab.click();
}

/** Opens the tab that was chosen by hand, else the first that an answer speaks for. Else the author's stays. */
export function settleTabs(group: HTMLElement, known: FactPatterns, chosen: Chosen): void {
  const tabs = tabsOf(group);
  const byHand = chosen[group.dataset.docentTabs ?? ""];
  const tab =
    tabs.find((one) => expressionOf(one) === byHand) ??
    tabs.find((one) => {
      const verdict = judgePassage(expressionOf(one), known);
      return isShown(verdict) && Object.keys(verdict).length > 0;
    });
  if (tab) open(tab);
}

/**
 * The reader opened `tab`: the same one is opened in every group of that name, and the page stays where it is.
 * @returns what is chosen now; nothing is remembered of a group without a name
 */
export function chooseTab(tab: HTMLElement, chosen: Chosen): Chosen {
  const name = tab.parentElement?.dataset.docentTabs ?? "";
  if (name === "") return chosen;
  const expression = expressionOf(tab);
  const before = tab.getBoundingClientRect().top;
  for (const group of groupsOf(document)) {
    if (group === tab.parentElement || group.dataset.docentTabs !== name) continue;
    const same = tabsOf(group).find((one) => expressionOf(one) === expression);
    if (same) open(same);
  }
  scrollBy({ top: tab.getBoundingClientRect().top - before, behavior: "instant" });
  return { ...chosen, [name]: expression };
}
