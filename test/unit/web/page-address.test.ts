// A recommendation is text that somebody pushed: its link never leaves the docs site.
import { describe, expect, test } from "vitest";
import { pageAddress } from "../../../web/page/page-address.ts";

const HERE = "https://docs.example.com/guide/start.html?x=1#y";

describe("the address of a recommended page", () => {
  test.each([
    ["/guide/next.html", "https://docs.example.com/guide/next.html"],
    ["/", "https://docs.example.com/"],
    ["/über uns/", "https://docs.example.com/%C3%BCber%20uns/"],
  ])("%s stays on this site", (path, expected) => {
    expect(pageAddress(path, HERE)).toBe(expected);
  });

  test.each([
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https://evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "blob:https://evil.example/1",
    "http://docs.example.com/",
    "https://docs.example.com:444/",
    "https://docs.example.com.evil.example/",
    "//[",
  ])("%s is no address", (path) => {
    expect(pageAddress(path, HERE)).toBeUndefined();
  });
});
