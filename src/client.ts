// The API's types, for hono's client: `hc<DocentApi>(url, { init: { credentials: "include" } })`. Types only, made from
// the contract. A docs project gets them from the package as `docent/client`.
import type { Hono } from "hono";
import type { BlankEnv } from "hono/types";
import type * as z from "zod/mini";
import type { authProblem } from "./core/account.ts";
import type { Contract } from "./core/contract/contract.ts";
import type { ProblemBody } from "./core/problem.ts";

export type { Background, BackgroundInput, BackgroundPatch } from "./core/background.ts";
export type { CataloguePage, CataloguePush } from "./core/catalogue.ts";
export type { ProblemBody, ProblemCode } from "./core/problem.ts";
export type { Profile, ProfilePatch } from "./core/profile.ts";
export type { ProgressEvent, ProgressInput } from "./core/progress-events.ts";
export type { Reason, Recommendation } from "./core/recommendation.ts";

/** What Better Auth's routes answer when they refuse. */
export type AuthProblem = z.output<typeof authProblem>;

type Routes = keyof Contract;
type MethodOf<R> = R extends `${infer M} ${string}` ? M : never;
type PathOf<R> = R extends `${string} ${infer P}` ? P : never;

/** Query parameters travel as text. */
type QueryOf<Q extends z.ZodMiniType> = { [K in keyof z.input<Q>]: string };

/** A query of which nothing is required may be left out. */
type InputOf<O> = (O extends { query: infer Q extends z.ZodMiniType }
  ? Partial<QueryOf<Q>> extends QueryOf<Q>
    ? { query?: QueryOf<Q> }
    : { query: QueryOf<Q> }
  : object) &
  (O extends { body: { schema: infer B extends z.ZodMiniType } } ? { json: z.input<B> } : object);

type StatusOf<O> = O extends { answerStatuses: readonly (infer S extends 503)[] } ? 200 | S : 200;

type AnswerOf<O> =
  | (O extends { answer: infer A extends z.ZodMiniType }
      ? { output: z.output<A>; outputFormat: "json"; status: StatusOf<O> }
      : { output: null; outputFormat: "body"; status: 204 })
  | (O extends { etag: true } ? { output: null; outputFormat: "body"; status: 304 } : never);

/** The statuses of refusals; which of them a route gives, the OpenAPI description says. */
type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 500 | 503;

// A type and no interface: hono's types take only what has an implicit index signature.
type RefusalOf<R extends Routes> = {
  output: PathOf<R> extends `/api/auth/${string}` ? AuthProblem : ProblemBody;
  outputFormat: "json";
  status: Exclude<RefusalStatus, StatusOf<Contract[R]>>;
};

type EndpointOf<R extends Routes> = { input: InputOf<Contract[R]> } & (AnswerOf<Contract[R]> | RefusalOf<R>);

type Schema = {
  [P in PathOf<Routes>]: {
    [R in Routes as PathOf<R> extends P ? `$${Lowercase<MethodOf<R>>}` : never]: EndpointOf<R>;
  };
};

/** Every route of the Worker, as hono's client reads them. */
export type DocentApi = Hono<BlankEnv, Schema, "/">;

/** What a route answers when it succeeds, by its name in the API: `Answer<"GET /api/me">`. */
export type Answer<R extends Routes> = Contract[R] extends { answer: infer A extends z.ZodMiniType }
  ? z.output<A>
  : null;
