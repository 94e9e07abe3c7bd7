// What a reader sees outside the dialog once the widget is loaded. Loaded by the loader on the first click, or for a
// reader who has signed in or acted here before.
import type { LitElement } from "lit";
import { createApi } from "./api/api.ts";
import { AccountMenu } from "./elements/account-menu.ts";
import { ContinueLink, SavedPages } from "./elements/known-pages.ts";
import type { StoreElement } from "./elements/light-element.ts";
import { eventsFor, PageActions } from "./elements/page-actions.ts";
import { DEFAULT_LIMIT, RecommendationList } from "./elements/recommendation-list.ts";
import type { Host, Shell, Widget } from "./host.ts";
import { useLocale } from "./locales/current.ts";
import { announce } from "./page/events.ts";
import { currentPath } from "./page/page.ts";
import { createFactCache } from "./passages/facts.ts";
import { forgetDevice } from "./reader/forget-device.ts";
import { Outbox } from "./reader/outbox.ts";
import { ReaderStore } from "./reader/reader-store.ts";
import { Visit } from "./reader/visit.ts";
import { watchReading } from "./reading/watch-reading.ts";
import { safeStorage } from "./storage/safe-storage.ts";
import { styleSheet } from "./styles/style-sheet.ts";
import widgetCss from "./styles/widget.css";

/** Most pages one list may ask for. */
const MOST = 20;

/** What opened the dialog may be gone by now, or have nothing to focus: then the focus goes to the account button. */
function giveFocusBack(opener: HTMLElement): void {
  if (opener.isConnected) opener.focus();
  if (document.activeElement === document.body) document.querySelector<HTMLElement>("docent-account")?.focus();
}

function createStore({ worker, site, device, keys, options, loadLocal }: Host): ReaderStore {
  const api = createApi(worker, site, device);
  const now = () => Date.now();
  return new ReaderStore({
    api,
    device,
    visit: new Visit(
      safeStorage(() => sessionStorage),
      keys.visit,
      now,
    ),
    outbox: new Outbox({
      storage: safeStorage(() => localStorage),
      prefix: keys.outbox,
      send: api.progress,
      now,
      random: Math.random,
      randomId: () => crypto.randomUUID(),
      locks: navigator.locks as LockManager | undefined,
    }),
    facts: createFactCache(worker),
    forgetDevice: (account) => forgetDevice(worker, account),
    openLocal: async () => (await loadLocal()).openLocal({ keys, catalogue: options.catalogue }),
    rememberAlways: options.rememberAlways,
  });
}

export { startPassages } from "./passages/passages.ts";

export function start(host: Host): Widget {
  if (host.locale) useLocale(host.locale);
  customElements.define("docent-account-menu", AccountMenu);
  customElements.define("docent-recommendation-list", RecommendationList);
  customElements.define("docent-continue-link", ContinueLink);
  customElements.define("docent-page-actions", PageActions);
  customElements.define("docent-saved-pages", SavedPages);
  const sheet = styleSheet(widgetCss);
  const store = createStore(host);
  let sayRead = () => {};

  const widget: Widget = {
    mount(shell) {
      const root = shell.shadowRoot;
      if (!root) return;
      if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
      const element = elementFor(shell);
      element.store = store;
      element.widget = widget;
      root.replaceChildren(element);
    },
    async open(view, opener) {
      // In the dialog the reader may change, and what was read is the old one's.
      sayRead();
      store.setDialogFailure(undefined);
      try {
        const { openDialog } = await host.loadDialog();
        openDialog({ host, store, view, onClose: () => giveFocusBack(opener) });
      } catch (error) {
        console.warn("docent: a part could not be loaded", error);
        store.setDialogFailure(opener);
      }
    },
    async act(action) {
      if (action === "remember") await store.remember(true);
      else await store.act(eventsFor(action, currentPath(), new Date().toISOString()));
      // Drawn before the loader gives the focus to what has taken the button's place.
      for (const shell of document.querySelectorAll("docent-page, docent-continue")) {
        await (shell.shadowRoot?.firstElementChild as LitElement | null | undefined)?.updateComplete;
      }
    },
  };

  function elementFor(shell: Shell): StoreElement {
    switch (shell.kind) {
      case "account":
        return new AccountMenu();
      case "continue":
        return new ContinueLink();
      case "page":
        return new PageActions();
      case "saved":
        return new SavedPages();
      case "recommendations": {
        const list = new RecommendationList();
        const limit = Math.trunc(Number(shell.getAttribute("limit")));
        list.limit = limit >= 1 ? Math.min(limit, MOST) : DEFAULT_LIMIT;
        return list;
      }
    }
  }

  sayRead = watchReading(store, host.options);
  // After the loader has mounted the placeholders: then it is known whether the page shows recommendations.
  queueMicrotask(async () => {
    await store.begin();
    announce("docent-ready", { signedIn: store.reader.status === "signed-in" });
  });
  // Other tabs write much more than this; `null` is everything at once.
  const { signedIn, local } = host.keys;
  addEventListener("storage", ({ key }) => {
    if (key === null || key === signedIn || key === local) store.sync();
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    store.local?.reader.thaw();
    store.sync(true);
  });
  return widget;
}
