// `docent.js`, the one script tag: <script async src="https://worker/docent.js" data-site="my-docs"></script>.
// Downloaded by every reader, so it stays small; it sends nothing and stores nothing until the reader acts. It draws
// the button and the invitation itself and loads the widget on the first click, or at once for a reader who has
// signed in here before.
import {
  createDevice,
  type DialogPart,
  type Host,
  type PartName,
  type Shell,
  styleSheet,
  type Widget,
  type WidgetPart,
} from "./host.ts";
import { loaderTexts as texts } from "./locales/en.ts";
import shellCss from "./styles/shell.css";
import tokensCss from "./styles/tokens.css";

/** Paths of each part's files below the Worker's origin, the entry first. Written in by the build. */
declare const DOCENT_PARTS: Readonly<Record<PartName, readonly [string, ...string[]]>>;

/** Imports a part. A failed import is asked for under another address next time: browsers remember failures. */
function createImporter(worker: string) {
  const failures: Record<PartName, number> = { widget: 0, dialog: 0 };
  return async (part: PartName): Promise<unknown> => {
    const [entry, ...chunks] = DOCENT_PARTS[part];
    for (const chunk of chunks) {
      // The entry imports these; asking for them at once saves a round trip.
      const link = document.createElement("link");
      link.rel = "modulepreload";
      link.href = `${worker}/${chunk}`;
      document.head.append(link);
    }
    const retry = failures[part] > 0 ? `?retry=${failures[part]}` : "";
    try {
      return await import(`${worker}/${entry}${retry}`);
    } catch (error) {
      failures[part] += 1;
      throw error;
    }
  };
}

function start(worker: string, site: string): void {
  const importPart = createImporter(worker);
  const device = createDevice(worker);
  const host: Host = {
    worker,
    site,
    device,
    // Both parts come from the build that wrote their addresses into this file, so their types are known.
    loadDialog: () => importPart("dialog") as Promise<DialogPart>,
  };
  const sheet = styleSheet(tokensCss + shellCss);
  const shells = new Set<Shell & { draw(): void }>();
  let widget: Promise<Widget> | undefined;

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
      shells.add(this);
      if (widget)
        widget.then(
          (started) => started.mount(this),
          () => this.draw(),
        );
      else if (device.wasSignedIn()) loadWidget().catch(() => this.draw());
      else this.draw();
    }

    disconnectedCallback(): void {
      shells.delete(this);
    }

    abstract draw(): void;

    protected content(...nodes: Node[]): void {
      this.shadowRoot?.replaceChildren(...nodes);
    }

    /** A button that loads the widget and opens the dialog with `view`. */
    protected opener(label: string, view: "sign-in" | "sign-up"): HTMLElement[] {
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
          await (await loadWidget()).open(view, this);
        } catch (error) {
          console.warn("docent: a part of the widget could not be loaded", error);
          status.textContent = texts.loadFailed;
        }
        button.removeAttribute("aria-busy");
      });
      return [button, status];
    }
  }

  class AccountShell extends ShellElement {
    readonly kind = "account";
    draw(): void {
      this.content(...this.opener(texts.signIn, "sign-in"));
    }
  }

  class RecommendationsShell extends ShellElement {
    readonly kind = "recommendations";
    draw(): void {
      const section = element("section", "");
      section.className = "invitation";
      const heading = element("h2", texts.invitationTitle);
      heading.setAttribute("part", "heading");
      section.append(heading, element("p", texts.invitation), ...this.opener(texts.invitationAction, "sign-up"));
      this.content(section);
    }
  }

  customElements.define("docent-account", AccountShell);
  customElements.define("docent-recommendations", RecommendationsShell);
}

function element<Name extends keyof HTMLElementTagNameMap>(name: Name, text: string): HTMLElementTagNameMap[Name] {
  const created = document.createElement(name);
  created.textContent = text;
  created.lang = "en";
  return created;
}

const script = document.currentScript;
if (!(script instanceof HTMLScriptElement) || !script.src || !script.dataset.site) {
  console.error('docent: use <script async src="https://your-worker/docent.js" data-site="your-site"></script>');
} else if (customElements.get("docent-account")) {
  console.warn("docent: docent.js is on this page twice; the second one does nothing");
} else {
  start(new URL(script.src).origin, script.dataset.site);
}
