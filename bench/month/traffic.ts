// Who reads when, for a month: drawn from a seed, so that two runs see the same readers. Pure. The numbers are
// assumptions; docs/costs.md says which, and what doubling them does.

export interface Scenario {
  name: string;
  /** Readers who come at all in this month, with an account or without. */
  readers: number;
  /** Of those, how many have an account. */
  accounts: number;
  /** Share of the accounts that are made in this month, each on its reader's first visit. */
  newAccounts: number;
  days: number;
  /** Means; each is drawn from a geometric distribution, so most readers come once or twice and a few come daily. */
  visitsPerAccount: number;
  pagesPerVisit: number;
  visitsWithoutAccount: number;
  /** Mean of an exponential distribution. */
  minutesPerPage: number;
  /** Where the readers are: hours ahead of UTC, and their share. */
  zones: readonly { hoursAhead: number; share: number }[];
  /** How much is read in each hour of the reader's day, and on a day of the weekend against one of the week. */
  hours: readonly number[];
  weekend: number;
  /** Cloudflare's locations that the readers of one zone reach. */
  locationsPerZone: number;
  pages: number;
  habits: Habits;
}

export interface Habits {
  /** Share of pages on which the reader saves it or says what they think. */
  presses: number;
  /** Share of next pages on which too few of the listed pages are left, so that the list is asked for anew. */
  listAnew: number;
  /** Share of visits on which the account menu is opened. */
  menu: number;
  /** Share of visits that end by signing out. */
  signsOut: number;
}

export interface Visit {
  /** The reader's number, from 0 up to `accounts`. */
  reader: number;
  /** Like `z1-l3`: a location of the reader's zone. */
  location: string;
  /** When each page is opened, in milliseconds after the month began; the last number is when the last one is left. */
  times: number[];
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** A visit ends after half an hour without a page view (web/reader/visit.ts). */
const PAUSE = 31 * 60_000;
const LONGEST_PAGE = 29 * 60_000;

/** From 0 up to 1; Mulberry32, whose quality suffices to spread visits. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** At least 1, with this mean. */
const geometric = (random: () => number, mean: number): number =>
  mean <= 1 ? 1 : 1 + Math.floor(Math.log(1 - random()) / Math.log(1 - 1 / mean));

function pick(random: () => number, weights: readonly number[]): number {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return found < 0 ? weights.length - 1 : found;
}

/** Every visit of readers with an account, by the time it begins. The month begins on a Sunday. */
export function visitsOf(scenario: Scenario, seed: number): Visit[] {
  const random = seeded(seed);
  const { zones, hours, weekend, days } = scenario;
  const dayWeights = Array.from({ length: days }, (_, day) => (day % 7 === 0 || day % 7 === 6 ? weekend : 1));
  const visits: Visit[] = [];
  for (let reader = 0; reader < scenario.accounts; reader += 1) {
    const zone = pick(
      random,
      zones.map(({ share }) => share),
    );
    const location = `z${zone}-l${Math.floor(random() * scenario.locationsPerZone)}`;
    const starts = Array.from({ length: geometric(random, scenario.visitsPerAccount * (days / 30)) }, () => {
      const local = pick(random, dayWeights) * DAY + (pick(random, hours) + random()) * HOUR;
      // Around the world the month is a circle: what falls off at one end comes in at the other.
      return (local - (zones[zone]?.hoursAhead ?? 0) * HOUR + days * DAY) % (days * DAY);
    }).sort((a, b) => a - b);
    let free = 0;
    for (const start of starts) {
      let at = Math.max(start, free);
      const times = [at];
      for (let page = geometric(random, scenario.pagesPerVisit); page > 0; page -= 1) {
        at += Math.min(LONGEST_PAGE, 5_000 - scenario.minutesPerPage * 60_000 * Math.log(1 - random()));
        times.push(Math.round(at));
      }
      free = at + PAUSE;
      if (free < days * DAY) visits.push({ reader, location, times });
    }
  }
  return visits.sort((a, b) => (a.times[0] ?? 0) - (b.times[0] ?? 0));
}

/** Page views of readers without an account: each is files from the docs site and static assets of the Worker. */
export function pageViewsWithoutAccount(scenario: Scenario): number {
  const { readers, accounts, visitsWithoutAccount, pagesPerVisit, days } = scenario;
  return Math.round((readers - accounts) * visitsWithoutAccount * pagesPerVisit * (days / 30));
}
