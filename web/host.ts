// The seam between the loader, which every reader downloads, and the parts it loads only when they are needed.
// Types only: nothing here may grow the loader.
import type { FEEDBACK } from "../src/core/reading-progress.ts";
import type { finishHandOff } from "./hand-off/finish.ts";
import type { Locale } from "./locales/locale.ts";
import type { startPassages } from "./passages/passages.ts";
import type { openLocal } from "./reader/local.ts";
import type { ReaderStore } from "./reader/reader-store.ts";
import type { Device, Keys } from "./storage/device.ts";

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
  /** Why the reader is back from the Worker without being signed in, if they are. */
  readonly handOffError: string | undefined;
  /** The dialog is loaded by the first reader who opens it. */
  loadDialog(): Promise<DialogPart>;
  /** What a reader without an account needs: loaded when they act, or have acted before. */
  loadLocal(): Promise<LocalPart>;
}

/** The module `widget.ts`. */
export interface WidgetPart {
  start(host: Host): Widget;
  /** Passages and tabs; also on a page without anything else. */
  startPassages: typeof startPassages;
}
export interface Widget {
  /** Fills a placeholder. */
  mount(shell: Shell): void;
  /** Opens the dialog, or says beside `opener` that it cannot. The focus returns to `opener` when the dialog closes. */
  open(view: DialogView, opener: HTMLElement): Promise<void>;
  /** Does what was pressed in a placeholder that the loader had drawn. */
  act(action: Action): Promise<void>;
}

/** The module `hand-off/finish.ts`. */
export interface HandOffPart {
  finishHandOff: typeof finishHandOff;
}

/** The module `local.ts`. */
export interface LocalPart {
  openLocal: typeof openLocal;
}

/** A module of `locales/`. */
export interface LocalePart {
  readonly locale: Locale;
}

/** The module `dialog.ts`. */
export interface DialogPart {
  openDialog(options: { host: Host; store: ReaderStore; view: DialogView; onClose: () => void }): void;
}
