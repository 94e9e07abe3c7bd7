// Checks what comes from outside (answers of the Worker, storage) before it is used. The schemas of core say more, but
// zod/mini is 14 KB gzipped, more than half of what the widget may weigh; this is what the widget needs of it.
// What is not named is left out: the API may grow without breaking a widget that is already on somebody's page.

/** Gives the value back as its type, or throws `Misshapen`. */
export type Shape<T> = (value: unknown) => T;
export type Of<S> = S extends Shape<infer T> ? T : never;

class Misshapen extends TypeError {}

/** undefined when the value is not of that shape. */
export function parse<T>(shape: Shape<T>, value: unknown): T | undefined {
  try {
    return shape(value);
  } catch (error) {
    if (error instanceof Misshapen) return undefined;
    throw error;
  }
}

/** The same for text that should be JSON; `null` is what storage says of a key it does not have. */
export function parseText<T>(shape: Shape<T>, text: string | null): T | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
  return parse(shape, value);
}

const check =
  <T>(test: (value: unknown) => value is T): Shape<T> =>
  (value) => {
    if (test(value)) return value;
    throw new Misshapen();
  };

export const text = check((value) => typeof value === "string");
export const number = check((value) => typeof value === "number");
export const boolean = check((value) => typeof value === "boolean");
export const anything: Shape<unknown> = (value) => value;

export const oneOf = <T extends string>(...values: readonly T[]): Shape<T> =>
  check((value): value is T => values.some((one) => one === value));

export const nullable =
  <T>(shape: Shape<T>): Shape<T | null> =>
  (value) =>
    value === null ? null : shape(value);

export const optional =
  <T>(shape: Shape<T>): Shape<T | undefined> =>
  (value) =>
    value === undefined ? undefined : shape(value);

/** What does not fit is taken for `otherwise`. */
export const or =
  <T>(shape: Shape<T>, otherwise: T): Shape<T> =>
  (value) =>
    parse(shape, value) ?? otherwise;

export const list =
  <T>(shape: Shape<T>): Shape<T[]> =>
  (value) => {
    if (!Array.isArray(value)) throw new Misshapen();
    return value.map((one) => shape(one));
  };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value of the shape under every name. */
export const map =
  <T>(shape: Shape<T>): Shape<Record<string, T>> =>
  (value) => {
    if (!isRecord(value)) throw new Misshapen();
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shape(one)]));
  };

/** What an object of these shapes is; what may be undefined may be missing. */
type Shaped<S> = { [Name in keyof S as undefined extends Of<S[Name]> ? never : Name]: Of<S[Name]> } & {
  [Name in keyof S as undefined extends Of<S[Name]> ? Name : never]?: Of<S[Name]>;
};

export function object<S extends Record<string, Shape<unknown>>>(shapes: S): Shape<Shaped<S>> {
  return (value) => {
    if (!isRecord(value)) throw new Misshapen();
    // The names are those of `shapes`, each with what its shape gave; the compiler cannot follow `fromEntries`.
    return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, shape(value[name])])) as Shaped<S>;
  };
}
