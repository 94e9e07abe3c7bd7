// Better Auth's way to Postgres: drizzle, with transactions that queue inserts, and an eye on the user rows that go
// by, so that "may this user sign in?" costs no query of its own.

import type { BetterAuthOptions } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { APIError } from "better-auth/api";
import * as z from "zod/mini";
import { maySignIn } from "../core/standing.ts";
import type { Database } from "../db/client.ts";
import { withQueuedTransactions } from "../db/queued-transaction.ts";
import * as schema from "../db/schema/index.ts";
import { violatedConstraint } from "../db/unavailable.ts";
import { requestContext } from "../http/request-context.ts";

const userRow = z.object({
  id: z.string(),
  isActive: z.boolean(),
  banned: z.boolean(),
  banExpires: z.nullable(z.date()),
  twoFactorEnabled: z.boolean(),
});

/** Notes in the request's context what a user row says about signing in. */
function note(row: unknown, now: number): void {
  const user = z.safeParse(userRow, row);
  if (user.success) requestContext.getStore()?.maySignIn.set(user.data.id, maySignIn(user.data, now));
}

/** What Better Auth answers when it finds the address itself. */
export const ADDRESS_TAKEN = {
  code: "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
  message: "User already exists. Use another email.",
};

/** A unique violation surfaces when a queue is sent: two sign-ups with one address at once. */
function mapped(db: Database): Database {
  return new Proxy(db, {
    get(target, key) {
      if (key !== "transaction") return Reflect.get(target, key, target);
      return async (...args: Parameters<Database["transaction"]>) => {
        try {
          return await target.transaction(...args);
        } catch (error) {
          if (violatedConstraint(error) !== "user_email_unique") throw error;
          throw new APIError("UNPROCESSABLE_ENTITY", ADDRESS_TAKEN);
        }
      };
    },
  });
}

export function authAdapter(db: Database, now: () => number) {
  const build = drizzleAdapter(mapped(withQueuedTransactions(db)), { provider: "pg", schema, transaction: true });
  return (options: BetterAuthOptions): ReturnType<typeof build> => {
    const adapter = build(options);
    return {
      ...adapter,
      async findOne<T>(query: Parameters<typeof adapter.findOne>[0]): Promise<T | null> {
        const row = await adapter.findOne<T>(query);
        if (query.model === "user") note(row, now());
        return row;
      },
    };
  };
}
