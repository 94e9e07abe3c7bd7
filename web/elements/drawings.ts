// What each placeholder shows to a reader who has not acted, as the loader draws it; the widget's own elements take the
// same room. Every reader downloads this.
import type { Action, Shell } from "../host.ts";
import type { LoaderTexts } from "../locales/en.ts";

/** Makes a button, and the place where it is said that it did not work. */
export interface Make {
  opener(label: string, view: "sign-in" | "questions"): HTMLElement[];
  presser(label: string, action: Action): HTMLElement[];
}

function group(name: "div" | "span", className: string, label: string): HTMLElement {
  const created = element(name, "");
  created.className = className;
  created.role = "group";
  created.ariaLabel = label;
  return created;
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text: string,
): HTMLElementTagNameMap[Name] {
  const created = document.createElement(name);
  created.textContent = text;
  return created;
}

export const KINDS = ["account", "recommendations", "continue", "page", "saved"] as const;

export function drawingsIn(texts: LoaderTexts): Record<Shell["kind"], (make: Make) => Node[]> {
  return {
    account: ({ opener }) => (DOCENT_SIGN_IN ? opener(texts.signIn, "sign-in") : []),
    recommendations({ opener }) {
      const section = element("section", "");
      section.className = "invitation";
      const heading = element("h2", texts.invitationTitle);
      heading.setAttribute("part", "heading");
      section.append(heading, element("p", texts.invitation), ...opener(texts.invitationAction, "questions"));
      return [section];
    },
    continue: ({ presser }) => presser(texts.remember, "remember"),
    page({ presser }) {
      const page = group("div", "page", texts.thisPage);
      const verdicts = group("span", "verdicts", texts.howWasIt);
      const ask = element("span", texts.howWasIt);
      ask.className = "ask";
      ask.ariaHidden = "true";
      const problems: Node[] = [];
      const add = (to: Node, label: string, action: Action) => {
        const [button, status] = presser(label, action);
        if (button) to.appendChild(button);
        if (status) problems.push(status);
      };
      add(page, texts.save, "save");
      verdicts.append(ask);
      for (const one of ["too-easy", "too-hard", "not-for-me"] as const) add(verdicts, texts.verdicts[one], one);
      const note = element("div", "");
      note.className = "note";
      note.append(...problems);
      page.append(verdicts, note);
      return [page];
    },
    saved: () => [],
  };
}
