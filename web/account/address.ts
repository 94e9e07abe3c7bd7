// What the page shows, as the fragment of its address says: `#sessions`, `#sign-in=&flow=…` from a docs page, or
// `#reset-password=<secret>` from a mail. A fragment is never sent to a server, so a secret in it is in no log; it is
// taken out of the address and of the browser's history before anything else happens.

/** What a mail's link is for. */
export const LINK_KINDS = [
  "verify-address",
  "magic-link",
  "reset-password",
  "change-address",
  "confirm-address",
] as const;
export type LinkKind = (typeof LINK_KINDS)[number];
export const isLinkKind = (view: string): view is LinkKind => LINK_KINDS.some((one) => one === view);

export interface Place {
  /** `""`: whatever fits whoever is here. */
  view: string;
  /** A mail's secret, or what a provider's way back says. */
  value: string;
  /** The way back to a docs page, if the reader came from one. */
  flow: string | undefined;
}

/** Characters of a value; ours have fewer. */
const LONGEST = 512;

/** Pure. The first name is the view. */
export function placeOf(fragment: string): Place {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const [[view, value] = ["", ""]] = parameters;
  const flow = parameters.get("flow") ?? "";
  return {
    view,
    value: value.length > LONGEST ? "" : value,
    flow: /^[A-Za-z0-9_-]{22,43}$/.test(flow) ? flow : undefined,
  };
}

/** Reads where the page is, and removes what it says but for the view from the address at once. */
export function readPlace(): Place {
  const place = placeOf(location.hash);
  if (place.value !== "" || place.flow !== undefined) {
    history.replaceState(null, "", `${location.pathname}${location.search}#${encodeURIComponent(place.view)}`);
  }
  return place;
}
