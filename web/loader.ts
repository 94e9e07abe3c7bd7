// `docent.js`, the one script tag: <script async src="https://worker/docent.js" data-site="my-docs"></script>.
// Downloaded by every reader, so it stays small; it sends nothing and stores nothing until the reader acts. It draws
// the placeholders itself and loads the widget on the first click, or at once for a reader who has signed in or acted
// here before.
import { drawingsIn, element, KINDS } from "./elements/drawings.ts";
import type {
  Action,
  DialogPart,
  HandOffPart,
  Host,
  LocalePart,
  LocalPart,
  Options,
  Shell,
  Widget,
  WidgetPart,
} from "./host.ts";
import { loaderTexts } from "./locales/en.ts";
import type { PartName } from "./part-name.ts";
import type { PassagesReason } from "./passages/passages.ts";
import { createDevice, keysOf } from "./storage/device.ts";
import { factsKey, visitKey } from "./storage/storage-keys.ts";
import shellCss from "./styles/shell.css";
import { styleSheet } from "./styles/style-sheet.ts";
import tokensCss from "./styles/tokens.css";

/** Paths of each part's files below the Worker's origin, the entry first. Written in by the build. */
declare const DOCENT_PARTS: Readonly<Record<PartName, readonly [string, ...string[]]>>;

/** Imports a part. A failed import is asked for under another address next time: browsers remember failures. */
function createImporter(worker: string) {
  const failures: Partial<Record<PartName, number>> = {};
  return async (part: PartName): Promise<unknown> => {
    const [entry, ...chunks] = DOCENT_PARTS[part];
    for (const chunk of chunks) {
      // The entry imports these; asking for them at once saves a round trip.
      const link = document.createElement("link");
      link.rel = "modulepreload";
      link.href = `${worker}/${chunk}`;
      document.head.append(link);
    }
    const retry = failures[part] ? `?retry=${failures[part]}` : "";
    try {
      return await import(`${worker}/${entry}${retry}`);
    } catch (error) {
      failures[part] = (failures[part] ?? 0) + 1;
      throw error;
    }
  };
}

/** The languages that are a part of their own, by the primary tag of `<html lang>`. */
const isTranslated = (tag: string): tag is "ur" => tag === "ur";

/** What the Worker sent the reader back with. It is out of the address before anything else runs here. */
function takeHandOff(): string | undefined {
  const [, value] = /^#docent=(.+)/.exec(location.hash) ?? [];
  if (value) history.replaceState(history.state, "", location.pathname + location.search);
  return value;
}

async function start(worker: string, site: string, options: Options): Promise<void> {
  const handedOff = takeHandOff();
  const importPart = createImporter(worker);
  const [pageLang = ""] = document.documentElement.lang.toLowerCase().split("-");
  // Nothing is drawn before its language is there. Without the translation it is English.
  const locale = isTranslated(pageLang)
    ? await (importPart(pageLang) as Promise<LocalePart>).then(
        (part) => part.locale,
        () => undefined,
      )
    : undefined;
  if (isHere()) return;
  const texts = locale?.loader ?? loaderTexts;
  const keys = keysOf(worker, site);
  const device = createDevice(keys);
  const back =
    handedOff &&
    (await (importPart("hand-off") as Promise<HandOffPart>).then(
      (part) => part.finishHandOff({ worker, site, device }, handedOff),
      () => ({ error: "unavailable" }),
    ));
  if (isHere()) return;
  if (back && "userId" in back) device.rememberSignIn(back.userId);
  const host: Host = {
    worker,
    site,
    device,
    keys,
    options,
    locale,
    handOffError: back && "error" in back ? back.error : undefined,
    // The parts come from the build that wrote their addresses into this file, so their types are known.
    loadDialog: () => importPart("dialog") as Promise<DialogPart>,
    loadLocal: () => importPart("local") as Promise<LocalPart>,
  };
  const sheet = styleSheet(tokensCss + shellCss);
  const shells = new Set<Shell & { draw(): void }>();
  let widget: Promise<Widget> | undefined;
  let failed = false;
  /** Has somebody signed in here, or acted? Only then is anything asked or read. */
  const isKnown = () => device.signedInAs() !== undefined || device.hasLocal() || options.rememberAlways;

  const loadWidget = (): Promise<Widget> => {
    widget ??= (importPart("widget") as Promise<WidgetPart>).then(
      (part) => {
        const started = part.start(host);
        for (const shell of shells) started.mount(shell);
        return started;
      },
      (error: unknown) => {
        widget = undefined;
        throw error;
      },
    );
    return widget;
  };

  /** The placeholder: an open shadow root with what an anonymous reader sees, until the widget takes over. */
  abstract class ShellElement extends HTMLElement implements Shell {
    abstract readonly kind: Shell["kind"];

    constructor() {
      super();
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    }

    /** The dialog gives the focus back to this element, whatever it shows by then. */
    override focus(options?: FocusOptions): void {
      this.shadowRoot?.querySelector<HTMLElement>("button, a[href]")?.focus(options);
    }

    connectedCallback(): void {
      if (shells.has(this)) return;
      this.lang = locale?.lang ?? "en";
      this.dir = locale?.dir ?? "ltr";
      shells.add(this);
      if (widget)
        widget.then(
          (started) => started.mount(this),
          () => this.draw(),
        );
      else this.draw();
    }

    disconnectedCallback(): void {
      shells.delete(this);
    }

    abstract draw(): void;

    protected content(...nodes: Node[]): void {
      this.shadowRoot?.replaceChildren(...nodes);
    }

    /** A button that loads the widget and then does something with it. */
    protected button(label: string, press: (widget: Widget) => Promise<void>): HTMLElement[] {
      const button = element("button", label);
      button.type = "button";
      button.setAttribute("part", "button");
      const status = element("p", "");
      status.className = "status";
      status.setAttribute("role", "status");
      button.addEventListener("click", async () => {
        button.setAttribute("aria-busy", "true");
        status.textContent = "";
        try {
          await press(await loadWidget());
        } catch (error) {
          console.warn("docent: a part could not be loaded", error);
          status.textContent = texts.loadFailed;
        }
        button.removeAttribute("aria-busy");
      });
      return [button, status];
    }

    protected opener(label: string, view: "sign-in" | "questions"): HTMLElement[] {
      return this.button(label, (loaded) => loaded.open(view, this));
    }

    /** A button that does something on this page. The widget draws it anew, and the new one gets the focus. */
    protected presser(label: string, action: Action): HTMLElement[] {
      const [button, status] = this.button(label, async (loaded) => {
        const root = this.shadowRoot;
        const at = button && root ? [...root.querySelectorAll("button")].indexOf(button as HTMLButtonElement) : 0;
        await loaded.act(action);
        const drawn = root?.querySelectorAll<HTMLElement>("button, [tabindex], a") ?? [];
        (drawn[at] ?? drawn[0])?.focus();
      });
      button?.classList.add("chip");
      if (action !== "remember") button?.setAttribute("aria-pressed", "false");
      return button && status ? [button, status] : [];
    }
  }

  const drawings = drawingsIn(texts);

  for (const kind of KINDS) {
    customElements.define(
      `docent-${kind}`,
      class extends ShellElement {
        readonly kind = kind;
        draw(): void {
          // Until the widget is here, a reader it knows sees nothing rather than what is for somebody else.
          this.content(
            ...(isKnown() && !failed
              ? []
              : drawings[kind]({
                  opener: (label, view) => this.opener(label, view),
                  presser: (label, action) => this.presser(label, action),
                })),
          );
        }
      },
    );
  }
  watchPassages(host, () => importPart("widget") as Promise<WidgetPart>);
  // Also on a page without a placeholder: there are marks, and reading to remember.
  if (isKnown() || host.handOffError) {
    const loaded = loadWidget();
    // What they came back for did not work: they are told where they began it.
    if (host.handOffError) void loaded.then((started) => started.open("sign-in", document.body)).catch(() => {});
    loaded.catch((error: unknown) => {
      console.warn("docent: the widget could not be loaded", error);
      failed = true;
      for (const shell of shells) shell.draw();
    });
  }
}

/** Passages need their part only where an answer is on this device, or a tab was chosen by hand. */
function watchPassages(host: Host, load: () => Promise<WidgetPart>): void {
  let loading = false;
  const begin = (why: PassagesReason): void => {
    if (loading) return;
    loading = true;
    load().then(
      (part) => part.startPassages(host, why),
      () => {
        loading = false;
      },
    );
  };
  document.addEventListener("docent-facts-changed", () => begin("now"));
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("[data-docent-tabs]")) begin(target);
  });
  try {
    if (localStorage.getItem(factsKey(host.worker)) || sessionStorage.getItem(visitKey(host.worker))) begin("before");
  } catch {
    // No storage, no answers.
  }
}

/** Whether a second tag has been faster. */
const isHere = (): boolean => customElements.get("docent-account") !== undefined;

const script = document.currentScript;
// The inline tag imports this file, so that there is no current script. Other vendors' tags have a site, too.
const tag = script?.dataset.site
  ? script
  : document.querySelector<HTMLScriptElement>('script[data-worker][data-site],script[src*="docent.js"][data-site]');
const { site, worker, catalogue, remember, content, marks } = tag?.dataset ?? {};
const address = script instanceof HTMLScriptElement ? script.src : worker;
if (!address || !site) {
  console.error('docent: use <script async src="https://your-worker/docent.js" data-site="your-site"></script>');
} else if (isHere()) {
  console.warn("docent: docent.js is on this page twice; the second one does nothing");
} else {
  void start(new URL(address).origin, site, {
    catalogue: new URL(catalogue || "/docent-catalogue.json", document.baseURI).href,
    rememberAlways: remember === "always",
    content,
    marks,
  });
}
