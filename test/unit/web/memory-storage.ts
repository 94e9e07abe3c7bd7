// A Storage of a browser, in memory: the real interface, so that `safeStorage` is tested as it is used.
export class MemoryStorage implements Storage {
  readonly #items = new Map<string, string>();
  /** Refuses to store, as a full disk or a private window does. */
  full = false;

  get length(): number {
    return this.#items.size;
  }
  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    if (this.full) throw new Error("QuotaExceededError");
    this.#items.set(key, value);
  }
  removeItem(key: string): void {
    this.#items.delete(key);
  }
  clear(): void {
    this.#items.clear();
  }
}
