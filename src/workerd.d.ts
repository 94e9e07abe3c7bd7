// The Node modules of workerd's `nodejs_compat` that the Worker uses; the full Node types would bring Node's globals.
declare module "node:async_hooks" {
  export class AsyncLocalStorage<T> {
    run<R>(store: T, callback: () => R): R;
    getStore(): T | undefined;
  }
}

/** What `env` of cloudflare:workers holds; readConfig checks it. */
declare namespace Cloudflare {
  interface Env {
    SESSIONS: KVNamespace;
    [name: string]: unknown;
  }
}
