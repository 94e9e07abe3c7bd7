// wrangler.toml is what Cloudflare counts by; the code, the README and the answers say the same numbers.
import { join } from "node:path";
import { expect, test } from "vitest";
import { unstable_readConfig as readWranglerConfig } from "wrangler";
import * as z from "zod";
import { ADDRESS_LIMITS } from "../../src/core/limits.ts";

/** As far as it is asked about here. */
const read = z.object({
  ratelimits: z.array(
    z.object({
      name: z.string(),
      namespace_id: z.string(),
      simple: z.object({ limit: z.number(), period: z.number() }),
    }),
  ),
});

const config = join(import.meta.dirname, "..", "..", "wrangler.toml");

test("every kind of limit has its binding, with the numbers of the code, and counts of its own", () => {
  const { ratelimits } = read.parse(readWranglerConfig({ config }));
  const expected = Object.values(ADDRESS_LIMITS).map(({ binding, count, seconds }) => ({
    name: binding,
    simple: { limit: count, period: seconds },
  }));
  expect(ratelimits.map(({ name, simple }) => ({ name, simple }))).toEqual(expected);
  expect(new Set(ratelimits.map(({ namespace_id }) => namespace_id)).size).toBe(expected.length);
});
