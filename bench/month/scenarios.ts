// The months that `npm run bench:month` runs. What is assumed about readers is here and in widget.ts, and docs/costs.md
// repeats it.
import type { Scenario } from "./traffic.ts";

/** Whose readers they are. */
export const SEED = 20_260_301;

/** Hardly anything at night, most in working hours, less in the evening. By hour of the reader's day. */
const WORKING_HOURS = [1, 1, 0, 0, 0, 1, 2, 4, 7, 10, 11, 11, 8, 9, 11, 11, 10, 8, 5, 5, 5, 4, 3, 2];
/** A course is read after work and in the evening. */
const STUDY_HOURS = [1, 0, 0, 0, 0, 0, 1, 2, 4, 6, 6, 5, 4, 5, 6, 6, 6, 6, 7, 10, 12, 11, 7, 3];

/** Documentation of a tool, read all over the world. */
export const DOCS: Scenario = {
  name: "documentation, 3 % signed in",
  readers: 10_000,
  accounts: 300,
  newAccounts: 0.1,
  days: 30,
  visitsPerAccount: 4,
  visitsWithoutAccount: 2,
  pagesPerVisit: 4,
  minutesPerPage: 1.5,
  zones: [
    { hoursAhead: -5, share: 0.35 },
    { hoursAhead: 1, share: 0.4 },
    { hoursAhead: 7, share: 0.25 },
  ],
  hours: WORKING_HOURS,
  weekend: 0.4,
  locationsPerZone: 10,
  pages: 300,
  habits: { presses: 0.1, listAnew: 0.1, menu: 0.05, signsOut: 0.02 },
};

export const SCENARIOS: Record<string, Scenario> = {
  docs3: DOCS,
  docs10: { ...DOCS, name: "documentation, 10 % signed in", accounts: 1_000 },
  course: {
    ...DOCS,
    name: "a course of 300, all signed in",
    readers: 300,
    accounts: 300,
    newAccounts: 0.5,
    visitsPerAccount: 16,
    visitsWithoutAccount: 0,
    pagesPerVisit: 5,
    minutesPerPage: 4,
    zones: [{ hoursAhead: 5, share: 1 }],
    hours: STUDY_HOURS,
    weekend: 1,
    locationsPerZone: 3,
    pages: 120,
  },
};
