// What JSON.parse accepts without a word is found at its place, and nothing else is.
import { describe, expect, it } from "vitest";
import { findAmbiguity } from "../../src/http/json-text.ts";

describe("JSON that every parser reads alike", () => {
  it.each([
    "{}",
    "[]",
    '""',
    "null",
    "-0.5e-3",
    '{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}',
    ' { "a" : [ 1 , "a" , { "a" : "a" } ] , "b" : "a" } ',
    String.raw`{"a\\":1,"a\"":2,"a":"\\","b":"\\\"","c":"{\"a\":1,\"a\":2}"}`,
    '{"a":"__proto__","proto__":1,"b":["__proto__"]}',
    "[9007199254740991,-9007199254740991,1.5e10,5e-324,0.1]",
    '{"":1," ":2}',
  ])("%j has nothing to say against it", (text) => {
    JSON.parse(text);
    expect(findAmbiguity(text)).toBeUndefined();
  });

  it("may be as large as the largest body", () => {
    const pages = Array.from({ length: 5000 }, (_, at) => ({ path: `/${at}`, title: `"\\${"x".repeat(900)}`, at }));
    const text = JSON.stringify({ pages, last: `${"\\".repeat(1_000_000)}` });
    expect(findAmbiguity(text)).toBeUndefined();
    expect(findAmbiguity(`${text.slice(0, -1)},"pages":1}`)).toEqual({ path: "pages", message: "is given twice" });
  });
});

describe("JSON that parsers read differently", () => {
  it.each([
    ['{"a":1,"a":1}', "a", "is given twice"],
    ['{"a":1,"b":{},"\\u0061":1}', "a", "is given twice"],
    ['{"a":{"b":[0,{"c":1,"d":[],"c":2}]}}', "a.b[1].c", "is given twice"],
    ['[[],[{"x":"y","x":"y"}]]', "[1][0].x", "is given twice"],
    ['{"":1,"":2}', "", "is given twice"],
    ['{"__proto__":1}', "__proto__", "is not a field of this object"],
    ['{"a":[{"__pr\\u006fto__":{}}]}', "a[0].__proto__", "is not a field of this object"],
    ['{"a":1e400}', "a", "is a number that does not fit"],
    ['{"a":[0,-1e400]}', "a[1]", "is a number that does not fit"],
    ["9007199254740992", "", "is a number that does not fit"],
    ['{"a":"\\\\","a":1}', "a", "is given twice"],
  ])("%j: %s %s", (text, path, message) => {
    JSON.parse(text);
    expect(findAmbiguity(text)).toEqual({ path, message });
  });
});
