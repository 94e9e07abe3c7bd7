// Names of what is stored for passages. Apart, because the loader and the inline tag only look whether it is there.
// Several docs projects can share an origin, so the Worker's is in the name.

/** In localStorage: see facts.ts. */
export const factsKey = (worker: string): string => `docent:${worker}:facts`;
/** In sessionStorage: see passage-visit.ts. */
export const visitKey = (worker: string): string => `docent:${worker}:passages`;
