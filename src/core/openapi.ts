// The OpenAPI description, made from the contract at build time. Pure; never part of the Worker or of the widget.
import * as z from "zod/mini";
import { account, authProblem, statusAnswer } from "./account.ts";
import { background } from "./background.ts";
import { cataloguePage } from "./catalogue.ts";
import { OPERATIONS } from "./contract/contract.ts";
import type { Operation } from "./contract/operation.ts";
import { personalization } from "./personalization.ts";
import { problemBody } from "./problem.ts";
import { profile } from "./profile.ts";
import { publicConfig } from "./public-config.ts";
import { recommendation } from "./recommendation.ts";

type Json = Record<string, unknown>;

export interface OpenApiDocument {
  openapi: string;
  info: Json;
  servers: Json[];
  tags: Json[];
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: { schemas: Record<string, Json>; securitySchemes: Json };
}

export interface OpenApiOperation {
  operationId: string;
  summary: string;
  tags: string[];
  parameters?: { name: string; in: "query"; required: boolean; schema: Json }[];
  requestBody?: { required: true; content: Record<string, { schema: Json; example: unknown }> };
  responses: Record<string, { description: string; headers?: Json; content?: Record<string, { schema: Json }> }>;
  security: Record<string, string[]>[];
}

const GROUPS: Record<Operation["group"], string> = {
  accounts: "Signing in and out, and the reader's own sessions: Better Auth's routes, as far as they can be reached.",
  "second-factor": "A code of an app beside the first proof, whichever that is, and codes for whoever lost the app.",
  passkeys: "Passkeys of the Worker's own origin: one serves every docs site.",
  proofs: "Who is signed in proves it once more: what changes an account asks for it.",
  session: "Who is this?",
  administration: "What administrators do with readers' accounts. Changes need a proof less than ten minutes old.",
  reader: "What a reader said about themselves, and everything stored about them.",
  recommendations: "The pages that suit a reader, and what the list is made from.",
  progress: "How far a reader came.",
  catalogue: "What a docs build says about its pages.",
  service: "Health.",
};

/** What the statuses of our own refusals mean; the body says which of them it is. */
const REFUSALS: Record<number, string> = {
  400: "The body is not JSON.",
  401: "Who are you? No credential, or one that is not good.",
  403: "Not you, or not from that page.",
  404: "There is no such docs site, or this way in is switched off.",
  409: "The catalogue lacks pages; nothing was changed.",
  413: "The body is too large.",
  415: "The body is not application/json.",
  422: "The request does not have the form this route needs; `errors` names each place.",
  429: "Too many tries; `Retry-After` says when the next one counts.",
  500: "Our fault; the log has the request's id.",
  503: "We cannot tell right now. Never means signed out, and no cookie is touched.",
};

/** Refusals that a route of this kind can give, by status. */
function refusalStatuses(operation: Operation): number[] {
  const { caller, origin, query, body, wayIn, limits, refusals = [], refusalStatuses = [] } = operation;
  const statuses = new Set([500, 503, ...refusalStatuses]);
  if (wayIn) statuses.add(404);
  if (limits) statuses.add(429);
  if (caller !== "anyone") statuses.add(401);
  if (origin !== "anyone" || caller === "account" || caller === "proved") statuses.add(403);
  if (query || body) statuses.add(422);
  if (body) for (const status of [400, 413, 415]) statuses.add(status);
  const byCode: Record<string, number> = {
    "unknown-site": 404,
    "not-found": 404,
    "catalogue-incomplete": 409,
    "own-account": 409,
    "address-unverified": 409,
    unauthenticated: 401,
    "code-refused": 403,
  };
  for (const code of refusals) if (byCode[code] !== undefined) statuses.add(byCode[code]);
  return [...statuses].sort((a, b) => a - b);
}

const capital = (id: string) => id.slice(0, 1).toUpperCase() + id.slice(1);

/**
 * All schemas by name, so that they refer to each other. What we send may grow, so an answer's objects are open;
 * `strict` closes them, for the tests that look for what nobody described.
 */
function schemasOf(strict: boolean) {
  const registries = { input: z.registry<{ id: string }>(), output: z.registry<{ id: string }>() };
  registries.output.add(problemBody, { id: "Problem" });
  registries.output.add(authProblem, { id: "AuthProblem" });
  registries.output.add(account, { id: "Account" });
  registries.output.add(statusAnswer, { id: "Done" });
  registries.output.add(background, { id: "Background" });
  registries.output.add(profile, { id: "Profile" });
  registries.output.add(recommendation, { id: "Recommendation" });
  registries.output.add(personalization, { id: "Personalization" });
  registries.output.add(publicConfig, { id: "PublicConfig" });
  registries.input.add(cataloguePage, { id: "CataloguePage" });
  for (const operation of OPERATIONS) {
    const { body, answer } = operation;
    if (body && !registries.input.has(body.schema))
      registries.input.add(body.schema, { id: `${capital(operation.id)}Body` });
    if (answer && !registries.output.has(answer))
      registries.output.add(answer, { id: `${capital(operation.id)}Answer` });
  }
  const make = (io: "input" | "output") =>
    z.toJSONSchema(registries[io], {
      io,
      uri: (id) => `#/components/schemas/${id}`,
      override({ zodSchema, jsonSchema }) {
        // The format says it, and the patterns are longer than everything else together.
        if (jsonSchema.format === "date-time" || jsonSchema.format === "uuid") delete jsonSchema.pattern;
        const { def } = zodSchema._zod;
        const closed = def.type === "object" && "catchall" in def && def.catchall !== undefined;
        if (io === "output" && !strict && !closed) delete jsonSchema.additionalProperties;
      },
    }).schemas;
  const schemas: Record<string, Json> = { ...make("output"), ...make("input") };
  for (const schema of Object.values(schemas)) {
    // OpenAPI 3.1 names schemas by their place.
    delete schema.$id;
    delete schema.$schema;
  }
  const nameOf = (schema: z.ZodMiniType) => registries.output.get(schema)?.id ?? registries.input.get(schema)?.id ?? "";
  return { schemas, nameOf };
}

function parametersOf(query: z.ZodMiniObject): NonNullable<OpenApiOperation["parameters"]> {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: "input" });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema: schema as Json,
  }));
}

const SECURITY: Record<Operation["caller"], Record<string, string[]>[]> = {
  anyone: [],
  reader: [{ session: [] }],
  account: [{ session: [] }],
  proved: [{ session: [] }],
  admin: [{ session: [] }],
  "proved-admin": [{ session: [] }],
  "site-token": [{ catalogue: [] }],
};

/** Static files: served without the Worker. */
const FILES: Record<string, { id: string; summary: string; schema: Json }> = {
  "/docent/config.json": {
    id: "readConfig",
    summary: "The questionnaire and the sign-in methods that are switched on",
    schema: { $ref: "#/components/schemas/PublicConfig" },
  },
  "/openapi.json": {
    id: "readDescription",
    summary: "This description",
    schema: { type: "object", required: ["openapi", "paths"] },
  },
};

/** Of the API, not of the program: changes are additive, so the first number stays. */
const API_VERSION = "1.0.0";

/** Every route of the Worker, and the two static files a program reads. */
export function describeApi({ strict = false } = {}): OpenApiDocument {
  const paths: OpenApiDocument["paths"] = {};
  const { schemas, nameOf } = schemasOf(strict);
  const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
  for (const operation of OPERATIONS) {
    const { path, method, body, answer, etag, query } = operation;
    const success: OpenApiOperation["responses"] = answer
      ? {
          200: {
            description: "Done.",
            ...(etag && { headers: { ETag: { schema: { type: "string" } } } }),
            content: { "application/json": { schema: ref(nameOf(answer)) } },
          },
        }
      : { 204: { description: "Done." } };
    const { 200: done } = success;
    if (done) for (const status of operation.answerStatuses ?? []) success[status] = done;
    if (etag) success[304] = { description: "Nothing has changed since the `ETag` in `If-None-Match`." };
    const isBetterAuths = path.startsWith("/api/auth/");
    const refusal = isBetterAuths
      ? { "application/json": { schema: ref("AuthProblem") } }
      : { "application/problem+json": { schema: ref("Problem") } };
    const refusals = refusalStatuses(operation).map((status) => [
      status,
      { description: REFUSALS[status] ?? "Refused.", content: refusal },
    ]);
    const described: OpenApiOperation = {
      operationId: operation.id,
      summary: operation.summary,
      tags: [operation.group],
      ...(query && { parameters: parametersOf(query) }),
      ...(body && {
        requestBody: {
          required: true,
          content: { "application/json": { schema: ref(nameOf(body.schema)), example: body.example } },
        },
      }),
      responses: { ...Object.fromEntries(refusals), ...success },
      security: SECURITY[operation.caller],
    };
    paths[path] = { ...paths[path], [method.toLowerCase()]: described };
  }
  for (const [path, { id, summary, schema }] of Object.entries(FILES)) {
    const responses = { 200: { description: "Done.", content: { "application/json": { schema } } } };
    paths[path] = { get: { operationId: id, summary, tags: ["service"], responses, security: [] } };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Docent",
      version: API_VERSION,
      description:
        "Sign-in and personalization for a docs site. Cookies are set by the Worker; a write needs an `Origin` that is configured. Changes are additive.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: Object.entries(GROUPS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        session: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-docent.session_token",
          description: "Set by signing in. No script ever sees it.",
        },
        catalogue: { type: "http", scheme: "bearer", description: "The site's catalogue token." },
      },
    },
  };
}
