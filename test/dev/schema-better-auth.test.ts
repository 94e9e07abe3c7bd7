// The tables have what Better Auth and its plugins read and write, under the names they use: field by field, and by
// running the real library over the real tables.
import { randomUUID } from "node:crypto";
import type { PGlite } from "@electric-sql/pglite";
import { type BetterAuthOptions, type BetterAuthPlugin, betterAuth } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { getAuthTables } from "better-auth/db";
import { admin, genericOAuth, jwt, magicLink, twoFactor } from "better-auth/plugins";
import { type Column, getTableColumns, is, Table } from "drizzle-orm";
import { getTableConfig, IndexedColumn, PgTable } from "drizzle-orm/pg-core";
import { drizzle } from "drizzle-orm/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as schema from "../../src/db/schema/index.ts";
import { migratedDatabase } from "./migrated-database.ts";

/** The fields of @better-auth/passkey 1.7.6, recorded because the package is not a dependency yet. */
const passkey = {
  id: "passkey",
  schema: {
    passkey: {
      fields: {
        name: { type: "string", required: false },
        publicKey: { type: "string", required: true },
        userId: { type: "string", references: { model: "user", field: "id" }, required: true, index: true },
        credentialID: { type: "string", required: true, index: true },
        counter: { type: "number", required: true },
        deviceType: { type: "string", required: true },
        backedUp: { type: "boolean", required: true },
        transports: { type: "string", required: false },
        createdAt: { type: "date", required: false },
        aaguid: { type: "string", required: false },
      },
    },
  },
} as const satisfies BetterAuthPlugin;

const hidden = { input: false, returned: false } as const;

/** Our columns that Better Auth writes too. */
const options = {
  secret: "a-secret-that-only-this-test-ever-uses",
  baseURL: "http://localhost:8787",
  emailAndPassword: { enabled: true, password: { hash: async (text) => text, verify: async () => true } },
  plugins: [
    admin(),
    twoFactor(),
    jwt({ disableSettingJwtHeader: true }),
    magicLink({ sendMagicLink: async () => {} }),
    genericOAuth({ config: [] }),
    passkey,
  ],
  user: {
    additionalFields: {
      isActive: { type: "boolean", required: false, defaultValue: true, ...hidden },
      lastLoginAt: { type: "date", required: false, ...hidden },
      skillLevel: { type: "string", required: false, input: false },
      operatingSystem: { type: "string", required: false, input: false },
      subscriptionStatus: { type: "string", required: false, ...hidden },
      stripeCustomerId: { type: "string", required: false, ...hidden },
    },
  },
  session: {
    expiresIn: 30 * 24 * 3600,
    additionalFields: {
      lastAccessedAt: { type: "date", required: false, input: false },
      authenticatedAt: { type: "date", required: true, input: false, defaultValue: () => new Date() },
      loginId: { type: "string", required: true, input: false, defaultValue: () => randomUUID() },
      scope: { type: "string", required: true, input: false, defaultValue: "account" },
      origin: { type: "string", required: false, input: false },
    },
  },
  telemetry: { enabled: false },
  // A function, because Better Auth leaves "uuid" to a default of the database, and there is none.
  advanced: { database: { generateId: () => randomUUID(), joins: true } },
} satisfies BetterAuthOptions;

const models = Object.entries(getAuthTables(options)).map(([name, { modelName, fields }]) => ({
  name,
  modelName,
  fields,
}));

function tableOf(model: string): PgTable {
  const table = Object.entries(schema).find(([name]) => name === model)?.[1];
  if (!is(table, PgTable)) throw new Error(`The schema has no table "${model}".`);
  return table;
}

function columnOf(model: string, field: string): Column {
  const column = getTableColumns(tableOf(model))[field];
  if (!column) throw new Error(`Table "${model}" has no column "${field}".`);
  return column;
}

describe("the schema has what Better Auth and its plugins expect", () => {
  it("knows the models that are asked for", () => {
    expect(models.map((model) => model.name).sort()).toEqual(
      ["account", "jwks", "passkey", "session", "twoFactor", "user", "verification"].sort(),
    );
  });

  const fields = models.flatMap(({ modelName, fields }) =>
    Object.entries(fields).map(([name, field]) => {
      const key = field.fieldName ?? name;
      return [`${modelName}.${key}`, { model: modelName, key, field }] as const;
    }),
  );

  it.each(fields)("%s", (_name, { model, key, field }) => {
    const column = columnOf(model, key);
    const { foreignKeys, uniqueConstraints, indexes } = getTableConfig(tableOf(model));
    const kinds = { string: ["string"], number: ["number"], boolean: ["boolean"], date: ["date"] };
    expect(kinds).toHaveProperty(String(field.type));
    expect(kinds[field.type as keyof typeof kinds]).toContain(column.dataType);
    // What must be given may not be null; what may be left out must be able to.
    if (field.required) expect(column.notNull).toBe(true);
    else expect(!column.notNull || column.hasDefault).toBe(true);
    const isUnique =
      column.isUnique || uniqueConstraints.some((one) => one.columns.length === 1 && one.columns[0] === column);
    if (field.unique) expect(isUnique).toBe(true);
    if (field.index) {
      const leads = indexes.some(
        ({
          config: {
            columns: [first],
          },
        }) => is(first, IndexedColumn) && first.name === column.name,
      );
      expect(leads || isUnique).toBe(true);
    }
    if (field.references) {
      const target = columnOf(field.references.model, field.references.field);
      const references = foreignKeys.map((key) => key.reference()).filter(({ columns }) => columns[0] === column);
      expect(references.map(({ foreignColumns }) => foreignColumns[0])).toEqual([target]);
    }
  });

  it.each(models)("and $modelName requires no column that Better Auth would leave out", ({ modelName, fields }) => {
    const written = new Set(["id", ...Object.entries(fields).map(([key, field]) => field.fieldName ?? key)]);
    const required = Object.entries(getTableColumns(tableOf(modelName)))
      .filter(([key, column]) => !written.has(key) && column.notNull && !column.hasDefault)
      .map(([key]) => key);
    expect(required).toEqual([]);
  });

  it("and misses nothing silently: a table or column that is not there is an error", () => {
    expect(() => columnOf("rateLimit", "key")).toThrow('no table "rateLimit"');
    expect(() => columnOf("user", "username")).toThrow('no column "username"');
    expect(Object.values(schema).filter((value) => is(value, Table))).toHaveLength(15);
  });
});

describe("Better Auth over the real tables", () => {
  const queries: string[] = [];
  let pg: PGlite;
  const headers = { "user-agent": "test" };
  const credentials = { email: "ada@example.com", password: "correct horse battery" };

  function build() {
    const db = drizzle(pg, { schema, logger: { logQuery: (query) => queries.push(query) } });
    return betterAuth({ ...options, database: drizzleAdapter(db, { provider: "pg", schema, transaction: false }) });
  }
  let auth: ReturnType<typeof build>;

  beforeAll(async () => {
    pg = await migratedDatabase();
    auth = build();
  });
  afterAll(() => pg.close());

  it("signs a reader up, with a session of thirty days at most", async () => {
    const { user } = await auth.api.signUpEmail({ body: { ...credentials, name: "" }, headers });
    expect(user).toMatchObject({ email: credentials.email, name: "", role: "user" });
  });

  it("finds reader and accounts in one query, and a session with its reader in one", async () => {
    queries.length = 0;
    const { internalAdapter } = await auth.$context;
    const found = await internalAdapter.findUserByEmail(credentials.email, { includeAccounts: true });
    expect(found?.accounts).toMatchObject([{ providerId: "credential", accountId: found?.user.id }]);
    expect(queries).toHaveLength(1);

    queries.length = 0;
    const [session] = await internalAdapter.listSessions(found?.user.id ?? "");
    const resolved = await internalAdapter.findSession(session?.token ?? "");
    expect(resolved?.user.id).toBe(found?.user.id);
    expect(resolved?.session).toMatchObject({ scope: "account", loginId: expect.any(String), origin: null });
    expect(queries).toHaveLength(2);
  });

  it("writes and reads the rows of every plugin", async () => {
    const { adapter } = await auth.$context;
    const userId = (await pg.query<{ id: string }>('select id from "user"')).rows[0]?.id;
    const expiresAt = new Date("2026-02-01T00:00:00.123Z");
    const createdAt = new Date("2026-01-01T00:00:00.456Z");
    const rows = {
      jwks: { publicKey: "{}", privateKey: "sealed", alg: "EdDSA", crv: "Ed25519", createdAt, expiresAt },
      twoFactor: { secret: "sealed", backupCodes: "sealed", userId, verified: false },
      // The counter is an unsigned 32-bit number.
      passkey: {
        publicKey: "key",
        userId,
        credentialID: "credential",
        counter: 4_294_967_295,
        deviceType: "multiDevice",
        backedUp: true,
        createdAt,
      },
      verification: { identifier: "hash", value: userId, expiresAt, createdAt, updatedAt: createdAt },
    };
    for (const [model, data] of Object.entries(rows)) {
      await adapter.create({ model, data });
      const [row] = await adapter.findMany({ model });
      expect(row, model).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), ...data });
    }
  });

  it("bans through the admin plugin's columns", async () => {
    const { internalAdapter } = await auth.$context;
    const found = await internalAdapter.findUserByEmail(credentials.email);
    const ban = { banned: true, banReason: "spam", banExpires: new Date("2026-03-01T00:00:00.000Z") };
    expect(await internalAdapter.updateUser(found?.user.id ?? "", ban)).toMatchObject(ban);
    const lifted = { banned: false, banReason: null, banExpires: null };
    expect(await internalAdapter.updateUser(found?.user.id ?? "", lifted)).toMatchObject(lifted);
  });
});
