// Makes bad request bodies out of the OpenAPI description: for every place in a body, everything that its schema does
// not allow there, and what JSON allows and we do not.
import { DESCRIPTION } from "./described.ts";

type Json = Record<string, unknown>;

export interface BadBody {
  /** What is wrong with it. */
  what: string;
  /** The place of the mistake, as an error would name it; "" is the body itself. */
  path: string;
  text: string;
  /** Around the place, the innermost value that may have several forms. */
  choice?: string;
}

/** Stands for the bad value until the body is text: most bad values are none that JSON.stringify would write. */
const MARK = "\u{10FFFF}";
/** Levels, two at a time; within the smallest limit of a body. */
const DEEP = 800;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function resolve(schema: Json): Json {
  if (typeof schema.$ref !== "string") return schema;
  const name = schema.$ref.split("/").at(-1) ?? "";
  const found = DESCRIPTION.components.schemas[name];
  if (!found) throw new Error(`${schema.$ref} leads nowhere`);
  return resolve(found);
}

/** The schemas that a value may have, alternatives resolved. */
function variantsOf(schema: Json): Json[] {
  const resolved = resolve(schema);
  const alternatives = resolved.anyOf ?? resolved.oneOf;
  return Array.isArray(alternatives) ? alternatives.flatMap((one: Json) => variantsOf(one)) : [resolved];
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

/** JSON Schema's names for what a variant accepts; an enumeration or a constant accepts none of its type at large. */
const acceptsType = (variant: Json, type: string) =>
  variant.type === type || (variant.type === "integer" && type === "number");

/** Does this variant describe the example's value? Alternatives of objects differ in a constant. */
function fits(variant: Json, value: unknown): boolean {
  const type = typeOf(value);
  if ("const" in variant) return variant.const === value;
  if (Array.isArray(variant.enum)) return variant.enum.includes(value);
  if (!acceptsType(variant, type)) return false;
  if (!isObject(value) || !isObject(variant.properties)) return true;
  return Object.entries(variant.properties).every(
    ([name, property]) => !isObject(property) || !("const" in property) || property.const === value[name],
  );
}

/** A value of each type, as JSON text. */
const OF_TYPE: Record<string, string> = {
  string: '"text"',
  number: "7",
  boolean: "true",
  null: "null",
  array: "[7]",
  object: '{"x":7}',
};

/** Bad texts for one place, each with what is wrong with it. */
function* badValues(variants: Json[], variant: Json, value: unknown): Generator<[what: string, text: string]> {
  for (const [type, text] of Object.entries(OF_TYPE)) {
    if (!variants.some((one) => acceptsType(one, type))) yield [`${type} for ${String(variant.type)}`, text];
  }
  yield ["deep nesting", `${'{"x":['.repeat(DEEP)}${"]}".repeat(DEEP)}`];
  const others = variants.filter((one) => one !== variant);
  if (typeof value === "string") {
    // A NUL is storable nowhere; half a character neither.
    yield ["NUL", '"a\\u0000b"'];
    yield ["a lone surrogate", '"a\\ud800b"'];
    if (typeof variant.maxLength === "number") yield ["too long", JSON.stringify("x".repeat(variant.maxLength + 1))];
    if (typeof variant.minLength === "number" && variant.minLength > 0) yield ["too short", '""'];
    if (variant.enum || "const" in variant || variant.format) yield ["none of the allowed", '"nonsense"'];
  }
  if (typeof value === "number") {
    yield ["a number that is infinite", "1e400"];
    yield ["a number that is minus infinite", "-1e400"];
    yield ["a number that a double cannot hold", "12345678901234567890"];
    if (variant.type === "integer" && !others.some((one) => one.type === "number")) yield ["a fraction", "1.5"];
    if (typeof variant.maximum === "number" && variant.maximum < Number.MAX_SAFE_INTEGER) {
      yield ["too large", String(variant.maximum + 1)];
    }
    if (typeof variant.minimum === "number" && variant.minimum > Number.MIN_SAFE_INTEGER) {
      yield ["too small", String(variant.minimum - 1)];
    }
  }
  if (Array.isArray(value) && typeof variant.maxItems === "number") {
    yield ["too many", JSON.stringify(Array.from({ length: variant.maxItems + 1 }, () => value[0]))];
  }
  if (Array.isArray(value) && typeof variant.minItems === "number" && variant.minItems > 0) yield ["too few", "[]"];
  if (!isObject(value)) return;
  const inside = JSON.stringify(value).slice(1, -1);
  const joined = inside === "" ? "" : `${inside},`;
  yield ["__proto__", `{${joined}"__proto__":{"role":"admin"}}`];
  if (variant.additionalProperties === false) yield ["a field that is not known", `{${joined}"role":"admin"}`];
  for (const [name, member] of Object.entries(value)) {
    yield [`${name} twice`, `{${joined}${JSON.stringify(name)}:${JSON.stringify(member)}}`];
    // The same name in another spelling.
    yield [
      `${name} twice, once escaped`,
      `{${joined}"\\u${name.charCodeAt(0).toString(16).padStart(4, "0")}${name.slice(1)}":${JSON.stringify(member)}}`,
    ];
  }
}

/** The name that a bad value is about, where that is a member of the object that stands there. */
function placeInside(what: string, value: unknown, variant: Json, isOneOfSeveral: boolean): string | undefined {
  if (what === "__proto__") return what;
  if (what.startsWith("a field")) return "role";
  // Of several forms it may be the one that is missing, and not the name, that is refused.
  if (what === "deep nesting" && isObject(value) && !isOneOfSeveral) {
    // An open object has room for what it does not know, and lacks what it needs.
    const [needed] = Array.isArray(variant.required) ? variant.required : [];
    return variant.additionalProperties === undefined && typeof needed === "string" ? needed : "x";
  }
  return /^(.*) twice/.exec(what)?.[1];
}

const within = (path: string, name: string) => (path === "" ? name : `${path}.${name}`);

/**
 * Every bad body that one mistake makes of an accepted one.
 * @param schema of the body
 * @param example a body that the route accepts, with a value in every place that is to be tried
 */
export function badBodies(schema: Json, example: unknown): BadBody[] {
  const found: BadBody[] = [];
  /** `text`: the body with MARK where the value at hand stands. */
  const visit = (at: Json, value: unknown, path: string, text: string, around?: string): void => {
    const variants = variantsOf(at);
    const choice = variants.length > 1 ? path : around;
    const variant = variants.find((one) => fits(one, value));
    if (!variant) throw new Error(`The example does not fit the schema at ${path}: ${JSON.stringify(value)}`);
    for (const [what, bad] of badValues(variants, variant, value)) {
      const name = placeInside(what, value, variant, variants.length > 1);
      found.push({
        what,
        path: name === undefined ? path : within(path, name),
        text: text.replace(MARK, () => bad),
        ...(choice !== undefined && { choice }),
      });
    }
    const put = (inner: string) => text.replace(MARK, () => inner);
    if (Array.isArray(value) && isObject(variant.items)) {
      const rest = value.slice(1).map((item) => `,${JSON.stringify(item)}`);
      // Lists of alternatives are tried in each of them.
      const tried = variantsOf(variant.items).length > 1 ? value.entries() : value.slice(0, 1).entries();
      for (const [index, item] of tried) {
        const inner =
          index === 0
            ? [MARK, ...rest].join("")
            : value.map((one, other) => (other === index ? MARK : JSON.stringify(one))).join(",");
        visit(variant.items, item, `${path}[${index}]`, put(`[${inner}]`), choice);
      }
    }
    if (!isObject(value)) return;
    const properties = isObject(variant.properties) ? variant.properties : {};
    const required = Array.isArray(variant.required) ? variant.required : [];
    for (const [name, member] of Object.entries(value)) {
      const property = properties[name] ?? variant.additionalProperties;
      if (!isObject(property)) throw new Error(`The schema knows nothing of ${within(path, name)}`);
      const { [name]: _, ...others } = value;
      if (required.includes(name)) {
        found.push({ what: `without ${name}`, path: within(path, name), text: put(JSON.stringify(others)) });
      }
      const inner = Object.entries(value).map(
        ([key, one]) => `${JSON.stringify(key)}:${key === name ? MARK : JSON.stringify(one)}`,
      );
      visit(property, member, within(path, name), put(`{${inner.join(",")}}`), choice);
    }
    for (const name of Object.keys(properties)) {
      if (!(name in value)) throw new Error(`The example has no ${within(path, name)}: it cannot be tried`);
    }
  };
  visit(schema, example, "", MARK);
  return found;
}
