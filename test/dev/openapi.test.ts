// The OpenAPI description is one, by the specification's own schema, and what the build writes is it.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Validator as JsonSchema, type Schema } from "@cfworker/json-schema";
import { Validator } from "@seriousme/openapi-schema-validator";
import { betterAuth } from "better-auth";
import { openAPI, twoFactor } from "better-auth/plugins";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { OPERATIONS } from "../../src/core/contract/contract.ts";
import { describeApi } from "../../src/core/openapi.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** Every value of every property `name`, wherever it stands. */
function valuesOf(name: string, value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesOf(name, item));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [...(key === name ? [item] : []), ...valuesOf(name, item)]);
}

test.each([
  ["as it is served", false],
  ["as the tests use it", true],
])("the description %s is valid OpenAPI 3.1", async (_, strict) => {
  const { valid, errors } = await new Validator().validate({ ...describeApi({ strict }) });
  expect(errors, JSON.stringify(errors)).toBeUndefined();
  expect(valid).toBe(true);
});

test("the validator would notice a mistake", async () => {
  const wrong = structuredClone(describeApi());
  Object.assign(wrong.paths["/api/me"]?.get ?? {}, { responses: [] });
  expect((await new Validator().validate({ ...wrong })).valid).toBe(false);
});

test("every reference leads somewhere, and every schema is referred to", () => {
  const api = describeApi();
  const refs = new Set(valuesOf("$ref", api).map(String));
  const names = Object.keys(api.components.schemas).map((name) => `#/components/schemas/${name}`);
  expect([...refs].filter((ref) => !names.includes(ref))).toEqual([]);
  expect(names.filter((name) => !refs.has(name))).toEqual([]);
});

test("every operation has its own id", () => {
  const ids = valuesOf("operationId", describeApi());
  expect(ids.length).toBeGreaterThan(25);
  expect(new Set(ids).size).toBe(ids.length);
});

test("what the Worker sends may grow: only what it takes is closed", () => {
  const { Background, ReplaceBackgroundBody } = describeApi().components.schemas;
  expect(Background).not.toHaveProperty("additionalProperties");
  expect(ReplaceBackgroundBody).toHaveProperty("additionalProperties", false);
});

/** Beside Better Auth's, and named like its plugins' where there is one; it verifies by a GET, which scanners make. */
const OURS = new Set(
  [
    "verify-email",
    "mail-links/look",
    "sign-in/magic-link",
    "magic-link/verify",
    "confirm-email-change",
    "set-password",
  ].map((path) => `/api/auth/${path}`),
);
/** A proof of identity has no counterpart there either, and its plugin for passkeys is not installed. */
const isOurs = (path: string) => OURS.has(path) || /^\/api\/auth\/(prove|passkey)\//.test(path);
/** What a route of its takes here that it does not take there. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  "/api/auth/sign-up/email": ["lang"],
  "/api/auth/send-verification-email": ["lang"],
  "/api/auth/request-password-reset": ["lang"],
  "/api/auth/change-email": ["lang"],
  "/api/auth/reset-password": ["code"],
};

describe("of Better Auth's routes", async () => {
  const betterAuths = betterAuth({
    secret: "only-for-the-description-0123456789abcdef",
    baseURL: "http://localhost",
    logger: { disabled: true },
    emailAndPassword: { enabled: true },
    // Not as the Worker is built: it has the paths and shapes of this one, and answers them itself.
    plugins: [openAPI(), twoFactor({ allowPasswordless: true })],
  });
  const { paths } = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.looseObject({}))) })
    .parse(await betterAuths.api.generateOpenAPISchema());
  const properties = (operation: unknown) => {
    const [schema] = valuesOf("schema", valuesOf("requestBody", operation));
    return z
      .object({ properties: z.record(z.string(), z.looseObject({ type: z.optional(z.string()) })) })
      .safeParse(schema).data?.properties;
  };
  const ours = describeApi();
  const routes = OPERATIONS.filter(({ path }) => path.startsWith("/api/auth/") && !isOurs(path));

  test.each(routes)("$route is one, with the same method, and takes nothing that Better Auth does not", (operation) => {
    const { path, method, body } = operation;
    const theirs = paths[path.replace("/api/auth", "")]?.[method.toLowerCase()];
    expect(theirs).toBeDefined();
    if (!body) return;
    const { $ref } = z
      .object({ $ref: z.string() })
      .parse(ours.paths[path]?.[method.toLowerCase()]?.requestBody?.content["application/json"]?.schema);
    const taken = z
      .object({ properties: z.record(z.string(), z.looseObject({})) })
      .parse(ours.components.schemas[$ref.split("/").at(-1) ?? ""]).properties;
    const known = properties(theirs) ?? {};
    for (const [name, schema] of Object.entries(taken).filter(([field]) => !BESIDE[path]?.includes(field))) {
      expect(Object.keys(known), `${path}: ${name}`).toContain(name);
      // Better Auth's description says nothing of what may be one of a list or any other text.
      const type = known[name]?.type ?? "string";
      expect(JSON.stringify(schema), `${path}: ${name}`).toContain(`"type":"${type}"`);
    }
  });
});

test("the build writes the description, and a configuration as it describes", () => {
  execFileSync(process.execPath, ["web/build.ts"], { cwd: ROOT });
  const config: unknown = JSON.parse(readFileSync(join(ROOT, "dist/assets/docent/config.json"), "utf8"));
  const schema = { ...describeApi({ strict: true }), $ref: "#/components/schemas/PublicConfig" };
  const { valid, errors } = new JsonSchema(schema as unknown as Schema, "2020-12", false).validate(config);
  expect([valid, errors]).toEqual([true, []]);
  expect(JSON.parse(readFileSync(join(ROOT, "dist/assets/openapi.json"), "utf8"))).toEqual(
    JSON.parse(JSON.stringify(describeApi())),
  );
});

// After the build of the test before this one.
test("every static file tells browsers never to come without TLS again, and every policy has no base address", () => {
  const lines = readFileSync(join(ROOT, "dist/assets/_headers"), "utf8").split("\n");
  const transport = "  Strict-Transport-Security: max-age=63072000; includeSubDomains";
  expect(lines.slice(0, 2)).toEqual(["/*", transport]);
  expect(lines.filter((line) => line.includes("Strict-Transport-Security"))).toHaveLength(1);
  const policies = lines.filter((line) => line.includes("Content-Security-Policy:"));
  expect(policies.length).toBeGreaterThan(0);
  for (const policy of policies) expect(policy).toMatch(/base-uri 'none';.*frame-ancestors 'none'/);
});
