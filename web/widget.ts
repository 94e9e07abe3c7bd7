// What a reader sees outside the dialog once the widget is loaded: the account menu and the recommendations.
// Loaded by the loader, on the first click or for a reader who has signed in here before.
import { AccountMenu } from "./account-menu.ts";
import { createApi } from "./api.ts";
import { type Host, type Shell, styleSheet, type Widget } from "./host.ts";
import { ReaderStore } from "./reader-store.ts";
import { DEFAULT_LIMIT, RecommendationList } from "./recommendation-list.ts";
import widgetCss from "./styles/widget.css";

/** Most pages one list may ask for. */
const MOST = 20;

/** What opened the dialog may be gone by now, or have nothing to focus: then the focus goes to the account button. */
function giveFocusBack(opener: HTMLElement): void {
  if (opener.isConnected) opener.focus();
  if (document.activeElement === document.body) document.querySelector<HTMLElement>("docent-account")?.focus();
}

export function start(host: Host): Widget {
  customElements.define("docent-account-menu", AccountMenu);
  customElements.define("docent-recommendation-list", RecommendationList);
  const sheet = styleSheet(widgetCss);
  const store = new ReaderStore(createApi(host.worker, host.site), host.device);

  const widget: Widget = {
    mount(shell) {
      const root = shell.shadowRoot;
      if (!root) return;
      if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
      root.replaceChildren(shell.kind === "account" ? accountMenu() : recommendationList(shell));
    },
    async open(view, opener) {
      store.setDialogFailure(undefined);
      try {
        const { openDialog } = await host.loadDialog();
        openDialog({ store, view, onClose: () => giveFocusBack(opener) });
      } catch (error) {
        console.warn("docent: the dialog could not be loaded", error);
        store.setDialogFailure(opener);
      }
    },
  };

  function accountMenu(): AccountMenu {
    const menu = new AccountMenu();
    menu.store = store;
    menu.widget = widget;
    return menu;
  }

  function recommendationList(shell: Shell): RecommendationList {
    const list = new RecommendationList();
    list.store = store;
    list.widget = widget;
    const limit = Math.trunc(Number(shell.getAttribute("limit")));
    list.limit = limit >= 1 ? Math.min(limit, MOST) : DEFAULT_LIMIT;
    return list;
  }

  // Nobody has signed in here, so nothing is asked until they do.
  if (!host.device.wasSignedIn()) store.reader = { status: "signed-out" };
  // After the loader has mounted the placeholders: then it is known whether the page shows recommendations.
  else queueMicrotask(() => void store.begin());
  addEventListener("storage", () => store.sync());
  addEventListener("pageshow", (event) => {
    if (event.persisted) store.sync();
  });
  return widget;
}
