// What the page shows, as the fragment of its address says: `#sessions`, or `#reset=<secret>` from a mail. A fragment
// is never sent to a server, so a secret in it is in no log; it is taken out of the address and of the browser's history
// before anything else happens.

export interface Place {
  /** `""`: whatever fits whoever is here. */
  view: string;
  /** What a mail's link carried. */
  secret: string | undefined;
}

/** Characters of a secret; ours have fewer. */
const LONGEST = 512;

/** Pure. The first name is the view, its value the secret. */
export function placeOf(fragment: string): Place {
  const [first] = new URLSearchParams(fragment.replace(/^#/, ""));
  const [view = "", secret = ""] = first ?? [];
  return { view, secret: secret === "" || secret.length > LONGEST ? undefined : secret };
}

/** Reads where the page is, and removes a secret from the address at once. */
export function readPlace(): Place {
  const place = placeOf(location.hash);
  if (place.secret !== undefined)
    history.replaceState(null, "", `${location.pathname}${location.search}#${place.view}`);
  return place;
}
