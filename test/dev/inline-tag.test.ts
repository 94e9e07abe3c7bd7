// The inline tag as it is built, and as the docs give it to owners.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildInlineTag, INLINE_LIMIT } from "../../web/build-inline.ts";

const DOCS = readFileSync(join(import.meta.dirname, "..", "..", "docs", "passages.md"), "utf8");

test("the inline tag is at most 1 KB, and its hash is that of its text", async () => {
  const { code, hash } = await buildInlineTag();
  expect(new TextEncoder().encode(code).byteLength).toBeLessThanOrEqual(INLINE_LIMIT);
  expect(hash).toBe(`sha256-${createHash("sha256").update(code, "utf8").digest("base64")}`);
  // It stands in HTML: nothing in it may end it, begin a comment, or be changed by a template of the docs.
  expect(code).not.toMatch(/<\/?script|<!--|\{\{|\{%|\{#/i);
});

test("the docs have the tag and the hash that the build makes", async () => {
  const { code, hash } = await buildInlineTag();
  const tag = `<script data-worker="https://auth.example.com" data-site="my-docs">${code}</script>`;
  expect(DOCS.split("\n").find((line) => line.startsWith("<script data-worker"))).toBe(tag);
  expect(DOCS.match(/'sha256-[^']*'/g)).toEqual([`'${hash}'`]);
});
