// localStorage and sessionStorage as they are for a reader who forbids them, or whose disk is full: what cannot be
// stored is kept until the page closes. Never throws.

export interface SafeStorage {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  /** Keys that start with `prefix`, in no particular order. */
  keys(prefix: string): string[];
}

/** @param open gives the storage; in a browser that forbids it, already that throws */
export function safeStorage(open: () => Storage): SafeStorage {
  const memory = new Map<string, string>();
  const attempt = <T>(use: (storage: Storage) => T, otherwise: T): T => {
    try {
      return use(open());
    } catch {
      return otherwise;
    }
  };
  return {
    get: (key) => memory.get(key) ?? attempt((storage) => storage.getItem(key), null),
    set(key, value) {
      const stored = attempt((storage) => {
        storage.setItem(key, value);
        return true;
      }, false);
      if (stored) memory.delete(key);
      else memory.set(key, value);
    },
    remove(key) {
      memory.delete(key);
      attempt((storage) => storage.removeItem(key), undefined);
    },
    keys: (prefix) =>
      [
        ...new Set([
          ...memory.keys(),
          ...attempt((storage) => Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? ""), []),
        ]),
      ].filter((key) => key.startsWith(prefix)),
  };
}
