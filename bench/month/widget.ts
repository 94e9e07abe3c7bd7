// What the widget sends on a visit of a reader with an account, as docs/widget.md says: at most two requests for the
// first page, at most one for every other, and what the reader presses. Pure; test/browser/requests.test.ts holds the
// widget itself to the same.
import type { Scenario, Visit } from "./traffic.ts";

export type Sent =
  /** Both at once: everything about the reader, with the events that were left over from the last visit; the list. */
  | { what: "first"; page: number; withEvents: boolean }
  | { what: "list"; page: number }
  /** Reading events of these pages. */
  | { what: "events"; pages: number[] }
  | { what: "pressed"; page: number }
  | { what: "menu" }
  | { what: "answers"; page: number }
  | { what: "sign-up"; page: number }
  | { what: "sign-out" };

export interface Moment {
  /** Milliseconds after the month began. */
  at: number;
  sent: Sent;
}

/**
 * What is sent when.
 * @param pending events wait from the last visit: one that had one page only could not send them
 * @returns the moments, and whether events wait for the next visit
 */
export function requestsOf(
  visit: Visit,
  options: { isNew: boolean; pending: boolean; scenario: Pick<Scenario, "pages" | "habits">; random: () => number },
): { moments: Moment[]; pending: boolean } {
  const { random, isNew } = options;
  const { pages, habits } = options.scenario;
  const { times, reader } = visit;
  const pageAt = (index: number) => (reader * 13 + Math.round((times[0] ?? 0) / 1000) + index) % pages;
  const moments: Moment[] = [];
  const views = times.slice(0, -1);
  let waiting: number[] = [];
  for (const [index, opened] of views.entries()) {
    const left = times[index + 1] ?? opened;
    const page = pageAt(index);
    const middle = (opened + left) / 2;
    if (index === 0) {
      if (isNew) {
        moments.push({ at: middle, sent: { what: "sign-up", page } });
        moments.push({ at: middle + 20_000, sent: { what: "answers", page } });
      } else {
        moments.push({ at: opened, sent: { what: "first", page, withEvents: options.pending } });
      }
    }
    if (random() < habits.presses) moments.push({ at: middle, sent: { what: "pressed", page } });
    waiting.push(page);
    if (index === 0) continue;
    if (random() < habits.listAnew) moments.push({ at: opened, sent: { what: "list", page } });
    else {
      moments.push({ at: left, sent: { what: "events", pages: waiting } });
      waiting = [];
    }
  }
  if (random() < habits.menu) moments.push({ at: (times[0] ?? 0) + 4_000, sent: { what: "menu" } });
  if (random() < habits.signsOut && !isNew) moments.push({ at: times.at(-1) ?? 0, sent: { what: "sign-out" } });
  return { moments: moments.sort((a, b) => a.at - b.at), pending: waiting.length > 0 };
}
