// The seam between the loader, which every reader downloads, and the parts it loads only when they are needed.
// Types and two small functions; nothing here may grow the loader.
import type { ReaderStore } from "./reader-store.ts";

/** Parts that are loaded on demand, each a module of its own. */
export type PartName = "widget" | "dialog";

/** What the dialog can open with. */
export type DialogView = "sign-in" | "sign-up" | "questions";

/** A placeholder element of the page, defined by the loader. The widget fills its shadow root. */
export interface Shell extends HTMLElement {
  readonly kind: "account" | "recommendations";
}

/** What the loader knows and the parts need. */
export interface Host {
  /** Origin of the Worker. */
  readonly worker: string;
  /** The site's id, from the script tag. */
  readonly site: string;
  readonly device: Device;
  /** The dialog is loaded by the first reader who opens it. */
  loadDialog(): Promise<DialogPart>;
}

/** The module `widget.ts`. */
export interface WidgetPart {
  start(host: Host): Widget;
}
export interface Widget {
  /** Fills a placeholder. */
  mount(shell: Shell): void;
  /** Opens the dialog, or says beside `opener` that it cannot. The focus returns to `opener` when the dialog closes. */
  open(view: DialogView, opener: HTMLElement): Promise<void>;
}

/** The module `dialog.ts`. */
export interface DialogPart {
  openDialog(options: { store: ReaderStore; view: DialogView; onClose: () => void }): void;
}

/** What this browser remembers. */
export interface Device {
  /** Did somebody sign in here before? Decides whether a page view asks the Worker at all. */
  wasSignedIn(): boolean;
  rememberSignIn(signedIn: boolean): void;
}

/**
 * The flag in localStorage: not a credential, only "ask the Worker". It carries the Worker's origin in its key, because
 * several docs projects can share one origin. Storage may be forbidden or full; then every visit is a first visit.
 */
export function createDevice(worker: string): Device {
  const key = `docent:${worker}:signed-in`;
  let remembered = false;
  return {
    wasSignedIn() {
      try {
        return localStorage.getItem(key) === "1";
      } catch {
        return remembered;
      }
    },
    rememberSignIn(signedIn) {
      remembered = signedIn;
      try {
        if (signedIn) localStorage.setItem(key, "1");
        else localStorage.removeItem(key);
      } catch {
        // Remembered until the page closes.
      }
    },
  };
}

/** A style sheet from text. Constructed sheets need no exception in a strict `style-src`. */
export function styleSheet(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}
