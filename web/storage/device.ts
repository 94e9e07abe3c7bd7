// What this browser remembers of its reader.

/** What this browser remembers; each is a key in localStorage, and none but the bearer is a credential. */
export interface Device {
  /** Id of the reader who signed in here. Decides whether a page view asks the Worker at all. */
  signedInAs(): string | undefined;
  rememberSignIn(reader: string | undefined): void;
  /** Did they say that others use this computer too? */
  isPublic(): boolean;
  rememberPublic(isPublic: boolean): void;
  /** Of a browser that keeps no cookie of the Worker's; empty while nobody is signed in there, undefined elsewhere. */
  bearer(): string | undefined;
  rememberBearer(bearer: string): void;
  /** Has a reader without an account answered, saved or asked to be remembered here? Or waits something for this one? */
  hasLocal(account?: string): boolean;
}

/** Keys in storage; `*` is completed by who writes it. */
export const keysOf = (worker: string, site: string) => ({
  signedIn: `docent:${worker}:signed-in`,
  public: `docent:${worker}:public`,
  bearer: `docent:${worker}:bearer`,
  local: `docent:${worker}:${site}:local`,
  visit: `docent:${worker}:${site}:visit`,
  outbox: `docent:${worker}:${site}:outbox:`,
});
export type Keys = ReturnType<typeof keysOf>;

/**
 * The keys carry the Worker's origin, because several docs projects can share one origin. Storage may be forbidden or
 * full; then every visit is a first visit.
 */
export function createDevice({ signedIn, public: isPublic, bearer, local }: Keys): Device {
  const memory = new Map<string, string>();
  const get = (key: string): string | undefined => {
    try {
      return localStorage.getItem(key) ?? memory.get(key);
    } catch {
      return memory.get(key);
    }
  };
  const set = (key: string, value: string | undefined): void => {
    memory.delete(key);
    try {
      if (value === undefined) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // Remembered until the page closes.
      if (value !== undefined) memory.set(key, value);
    }
  };
  return {
    signedInAs: () => get(signedIn),
    rememberSignIn: (reader) => set(signedIn, reader),
    isPublic: () => get(isPublic) !== undefined,
    rememberPublic: (yes) => set(isPublic, yes ? "1" : undefined),
    bearer: () => get(bearer),
    rememberBearer: (value) => set(bearer, value),
    hasLocal: (account) => get(account === undefined ? local : `${local}:${account}`) !== undefined,
  };
}
