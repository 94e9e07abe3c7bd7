// The seam between the loader, which every reader downloads, and the parts it loads only when they are needed.
// Types and small functions; nothing here may grow the loader.
import type { FEEDBACK } from "../src/core/reading-progress.ts";
import type { Local } from "./local.ts";
import type { Locale } from "./locales/locale.ts";
import type { ReaderStore } from "./reader-store.ts";

/** Parts that are loaded on demand, each a module of its own. */
export type PartName = "widget" | "dialog" | "local" | "ur";

export type Feedback = (typeof FEEDBACK)[number];

/** Attributes of the script tag, beside `data-site`. */
export interface Options {
  /** `data-catalogue`: where the docs build put its catalogue file. */
  readonly catalogue: string;
  /** `data-remember="always"`: what is read is remembered on this device without anybody having pressed anything. */
  readonly rememberAlways: boolean;
  /** `data-content`: a selector of what holds a page's content. */
  readonly content: string | undefined;
  /** `data-marks`: a selector of the navigation whose links get marks; "none" for no marks. */
  readonly marks: string | undefined;
}

/** What the dialog can open with. */
export type DialogView = "sign-in" | "sign-up" | "questions" | "sign-out";

/** What a reader can press on a page before the widget is there. */
export type Action = "remember" | "save" | Feedback;

/** A placeholder element of the page, defined by the loader. The widget fills its shadow root. */
export interface Shell extends HTMLElement {
  readonly kind: "account" | "recommendations" | "continue" | "page" | "saved";
}

/** What the loader knows and the parts need. */
export interface Host {
  /** Origin of the Worker. */
  readonly worker: string;
  /** The site's id, from the script tag. */
  readonly site: string;
  readonly device: Device;
  readonly keys: Keys;
  readonly options: Options;
  /** The language of the page, where it is not English and the widget knows it. */
  readonly locale: Locale | undefined;
  /** The dialog is loaded by the first reader who opens it. */
  loadDialog(): Promise<DialogPart>;
  /** What a reader without an account needs: loaded when they act, or have acted before. */
  loadLocal(): Promise<LocalPart>;
}

/** Why passages have something to do: answers or choices from before, answers given on this page, a click on a tab. */
export type PassagesReason = "before" | "now" | Element;

/** The module `widget.ts`. */
export interface WidgetPart {
  start(host: Host): Widget;
  /** Passages and tabs; also on a page without anything else. */
  startPassages(host: Host, why: PassagesReason): void;
}
export interface Widget {
  /** Fills a placeholder. */
  mount(shell: Shell): void;
  /** Opens the dialog, or says beside `opener` that it cannot. The focus returns to `opener` when the dialog closes. */
  open(view: DialogView, opener: HTMLElement): Promise<void>;
  /** Does what was pressed in a placeholder that the loader had drawn. */
  act(action: Action): Promise<void>;
}

/** The module `local.ts`. */
export interface LocalPart {
  openLocal(host: Host): Local;
}

/** A module of `locales/`. */
export interface LocalePart {
  readonly locale: Locale;
}

/** The module `dialog.ts`. */
export interface DialogPart {
  openDialog(options: { store: ReaderStore; view: DialogView; onClose: () => void }): void;
}

/** What this browser remembers; each is a key in localStorage, and none is a credential. */
export interface Device {
  /** Id of the reader who signed in here. Decides whether a page view asks the Worker at all. */
  signedInAs(): string | undefined;
  rememberSignIn(reader: string | undefined): void;
  /** Did they say that others use this computer too? */
  isPublic(): boolean;
  rememberPublic(isPublic: boolean): void;
  /** Has a reader without an account answered, saved or asked to be remembered here? Or waits something for this one? */
  hasLocal(account?: string): boolean;
}

/** Keys in storage; `*` is completed by who writes it. */
export const keysOf = (worker: string, site: string) => ({
  signedIn: `docent:${worker}:signed-in`,
  public: `docent:${worker}:public`,
  local: `docent:${worker}:${site}:local`,
  visit: `docent:${worker}:${site}:visit`,
  outbox: `docent:${worker}:${site}:outbox:`,
});
export type Keys = ReturnType<typeof keysOf>;

/**
 * The keys carry the Worker's origin, because several docs projects can share one origin. Storage may be forbidden or
 * full; then every visit is a first visit.
 */
export function createDevice({ signedIn, public: isPublic, local }: Keys): Device {
  const memory = new Map<string, string>();
  const get = (key: string): string | undefined => {
    try {
      return localStorage.getItem(key) ?? memory.get(key);
    } catch {
      return memory.get(key);
    }
  };
  const set = (key: string, value: string | undefined): void => {
    memory.delete(key);
    try {
      if (value === undefined) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // Remembered until the page closes.
      if (value !== undefined) memory.set(key, value);
    }
  };
  return {
    signedInAs: () => get(signedIn),
    rememberSignIn: (reader) => set(signedIn, reader),
    isPublic: () => get(isPublic) !== undefined,
    rememberPublic: (yes) => set(isPublic, yes ? "1" : undefined),
    hasLocal: (account) => get(account === undefined ? local : `${local}:${account}`) !== undefined,
  };
}

/** A style sheet from text. Constructed sheets need no exception in a strict `style-src`. */
export function styleSheet(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}
