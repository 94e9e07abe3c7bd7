// What the widget tells the page: events on `document`, for the docs site's own scripts and for the widget's parts.
// `docent.d.ts` describes the same events to docs projects; a test holds the two together.
import type { Facts } from "../../src/core/passage-facts.ts";

/** `detail` by the event's name. */
export interface DocentEvents {
  /** The widget is loaded and knows whether a reader is signed in. */
  "docent-ready": { signedIn: boolean };
  /** Somebody signed in or out, or their session ended. */
  "docent-reader-changed": { signedIn: boolean };
  /** What passages are chosen by has changed; no key for what was not answered. */
  "docent-facts-changed": { facts: Facts };
  /** Something the reader did is saved: on the server, or on this device for a reader who has not signed in. */
  "docent-saved": { what: "answers" | "page" | "progress" | "feedback"; where: "server" | "device" };
}

export function announce<Name extends keyof DocentEvents>(name: Name, detail: DocentEvents[Name]): void {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}
