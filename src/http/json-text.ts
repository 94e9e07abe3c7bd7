// What JSON.parse accepts without a word and not every parser reads alike (RFC 8259, 4 and 6; RFC 7493): a name given
// twice, `__proto__` as a name, and numbers beyond a double's range or beyond what it counts exactly.
import { pathOf } from "../core/define-config.ts";
import type { InputMistake } from "../core/problem.ts";

interface Container {
  /** Of an object: the names so far. */
  names?: Set<string>;
  /** The name or the index of the value that is being read; an object between two values has none. */
  at: string | number | undefined;
}

/** Where the string that begins at `start` ends: the index of its closing quote. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === "\\") escapes += 1;
    if (escapes % 2 === 0) return end;
  }
}

const NUMBER = /-?\d[\d.eE+-]*/y;

/**
 * The first such place, or undefined.
 * @param text JSON that `JSON.parse` has accepted; anything else may not end
 */
export function findAmbiguity(text: string): InputMistake | undefined {
  const open: Container[] = [];
  const mistake = (message: string) => ({
    path: pathOf(open.flatMap(({ at }) => (at === undefined ? [] : [at]))),
    message,
  });
  for (let index = 0; index < text.length; index += 1) {
    const inside = open.at(-1);
    switch (text[index]) {
      case "{":
        open.push({ names: new Set(), at: undefined });
        break;
      case "[":
        open.push({ at: 0 });
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case ",":
        if (inside) inside.at = typeof inside.at === "number" ? inside.at + 1 : undefined;
        break;
      case '"': {
        const end = endOfString(text, index);
        const literal = text.slice(index, end + 1);
        index = end;
        if (!inside?.names || inside.at !== undefined) break;
        const name: string = JSON.parse(literal);
        inside.at = name;
        if (inside.names.has(name)) return mistake("is given twice");
        if (name === "__proto__") return mistake("is not a field of this object");
        inside.names.add(name);
        break;
      }
      default: {
        NUMBER.lastIndex = index;
        const literal = NUMBER.exec(text)?.[0];
        if (literal === undefined) break;
        index += literal.length - 1;
        const value = Number(literal);
        if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
          return mistake("is a number that does not fit");
        }
      }
    }
  }
  return undefined;
}
