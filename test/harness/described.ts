// Holds every answer of every test to the OpenAPI description, in its strict form: a status, a type or a field that
// nobody described fails the test that saw it.
import { type Schema, Validator } from "@cfworker/json-schema";
import { describeApi } from "../../src/core/openapi.ts";

export const DESCRIPTION = describeApi({ strict: true });

const validators = new Map<string, Validator>();

/** By the name of a schema in the description. */
function validatorOf(ref: string): Validator {
  const known = validators.get(ref);
  if (known) return known;
  const schema = { ...DESCRIPTION, $ref: ref } as unknown as Schema;
  const validator = new Validator(schema, "2020-12", false);
  validators.set(ref, validator);
  return validator;
}

/** What is wrong with an answer, in a sentence; undefined when it is as described. */
export async function deviation(request: Request, response: Response): Promise<string | undefined> {
  const { pathname } = new URL(request.url);
  const method = request.method === "HEAD" ? "get" : request.method.toLowerCase();
  const operation = DESCRIPTION.paths[pathname]?.[method];
  const { status } = response;
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  const text = await response.clone().text();
  const said = `${request.method} ${pathname} answered ${status} ${type}: ${text.slice(0, 500)}`;
  if (method === "options") return status === 204 || status >= 400 ? undefined : said;
  const described = operation?.responses[status];
  if (operation && !described) return `${said}\nThat status is not described.`;
  // A navigation is sent on, and has nothing to say.
  if (!operation && status === 302) return text === "" ? undefined : said;
  const content = described ? described.content : REFUSAL[pathname.startsWith("/api/auth/") ? "auth" : "own"];
  if (request.method === "HEAD" && text === "") return undefined;
  if (!content) return text === "" ? undefined : `${said}\nNo body is described.`;
  if (text === "") return `${said}\nA body is described.`;
  const ref = content[type]?.schema.$ref;
  if (typeof ref !== "string") return `${said}\nThat type is not described.`;
  const { valid, errors } = validatorOf(ref).validate(JSON.parse(text));
  if (valid) return undefined;
  const [deepest] = errors.slice(-1);
  return `${said}\n${ref}: ${deepest?.instanceLocation}: ${deepest?.error}`;
}

/** Where there is no route. */
const REFUSAL: Record<"auth" | "own", Record<string, { schema: Record<string, unknown> }>> = {
  auth: { "application/json": { schema: { $ref: "#/components/schemas/AuthProblem" } } },
  own: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};
