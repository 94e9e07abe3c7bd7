// The elements, events and attributes of Docent's widget, for docs projects in TypeScript. Served by your Worker as
// /docent/docent.d.ts and written by hand: it imports nothing, so that one file is all a project needs.

/** A placeholder of the page that the widget draws into. Before the widget is there, and without it, it is empty. */
interface DocentElement extends HTMLElement {
  /** Open; what is in it may change with any version. Style it by `::part()` and the `--docent-*` properties. */
  readonly shadowRoot: ShadowRoot | null;
}

/** A reader's answers by key (`os`, `level`, `language`, `tool`, `hardware`, `domain`, and your own questions' ids). */
type DocentFacts = Readonly<Record<string, readonly string[]>>;

/** What each event says about itself. */
interface DocentEventDetails {
  /** The widget is loaded and knows whether a reader is signed in. */
  "docent-ready": { readonly signedIn: boolean };
  /** Somebody signed in or out, or their session ended. */
  "docent-reader-changed": { readonly signedIn: boolean };
  /** What passages are chosen by has changed; there is no key for what was not answered. */
  "docent-facts-changed": { readonly facts: DocentFacts };
  /** Something the reader did is saved: on the server, or on this device for a reader without an account. */
  "docent-saved": {
    readonly what: "answers" | "page" | "progress" | "feedback";
    readonly where: "server" | "device";
  };
}

/**
 * Attributes, for frameworks that type their templates:
 * `declare module "react" { namespace JSX { interface IntrinsicElements extends DocentJsx<HTMLAttributes<HTMLElement>> {} } }`
 */
type DocentJsx<Common> = {
  [Name in keyof DocentAttributes]: Common & DocentAttributes[Name];
};
interface DocentAttributes {
  "docent-account": object;
  /** `limit`: pages, 1 to 20; 4 if missing. */
  "docent-recommendations": { limit?: number | `${number}` };
  "docent-continue": object;
  "docent-page": object;
  "docent-saved": object;
  "docent-passages": object;
}

interface HTMLElementTagNameMap {
  /** The account button. */
  "docent-account": DocentElement;
  /** The recommendations. */
  "docent-recommendations": DocentElement;
  /** "Continue where you stopped". */
  "docent-continue": DocentElement;
  /** Save this page; too easy, too hard, not for me. */
  "docent-page": DocentElement;
  /** The saved pages. */
  "docent-saved": DocentElement;
  /** Says for whom passages are shown, and shows the others. */
  "docent-passages": DocentElement;
}

interface DocumentEventMap {
  "docent-ready": CustomEvent<DocentEventDetails["docent-ready"]>;
  "docent-reader-changed": CustomEvent<DocentEventDetails["docent-reader-changed"]>;
  "docent-facts-changed": CustomEvent<DocentEventDetails["docent-facts-changed"]>;
  "docent-saved": CustomEvent<DocentEventDetails["docent-saved"]>;
}
