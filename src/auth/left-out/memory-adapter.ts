// In the place of the adapter that Better Auth falls back to without a database (`[alias]` in wrangler.toml): there
// always is one.

export function memoryAdapter(): never {
  throw new Error("Better Auth was built without a database.");
}
