// The stand-in for production's KV is only of use when it is as unhelpful as the real one.
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import type { Bindings } from "../../src/config.ts";
import { ProductionKv } from "../harness/production-kv.ts";
import { START } from "../setup.ts";

const later = (seconds: number) => vi.setSystemTime(START.getTime() + seconds * 1000);
const bytes = (text: string) => new TextEncoder().encode(text);

function twoPlaces() {
  const kv = new ProductionKv({ kv: (env as unknown as Bindings).SESSIONS });
  const key = crypto.randomUUID();
  const read = async (at: KVNamespace) => {
    const found = await at.get(key, { type: "arrayBuffer", cacheTtl: 30 });
    return found === null ? null : new TextDecoder().decode(found);
  };
  return { key, here: kv.at("here"), far: kv.at("far"), read };
}

describe("KV as in production", () => {
  it("shows a write and a delete at once where they were made, and 60 s later elsewhere", async () => {
    const { key, here, far, read } = twoPlaces();
    await here.put(key, bytes("old"));
    expect(await read(here)).toBe("old");
    later(59.999);
    expect(await read(far)).toBeNull();
    // The miss is cached there.
    later(89.998);
    expect(await read(far)).toBeNull();
    later(89.999);
    expect(await read(far)).toBe("old");
    await here.delete(key);
    expect(await read(here)).toBeNull();
    later(149.999);
    expect(await read(far)).toBeNull();
  });

  it("serves what a location has read for as long as the reader said", async () => {
    const { key, here, far, read } = twoPlaces();
    await here.put(key, bytes("old"));
    later(60);
    await here.put(key, bytes("new"));
    later(119.999);
    expect(await read(far)).toBe("old");
    later(149.998);
    expect(await read(far)).toBe("old");
    later(149.999);
    expect(await read(far)).toBe("new");
  });

  it("takes one write of a key per second, from wherever", async () => {
    const { key, here, far } = twoPlaces();
    await here.put(key, bytes("one"));
    later(0.999);
    await expect(far.put(key, bytes("two"))).rejects.toThrow("429");
    await expect(here.delete(key)).rejects.toThrow("429");
    later(1);
    await far.put(key, bytes("two"));
  });

  it("forgets what has outlived its time, and refuses what the real one refuses", async () => {
    const { key, here, read } = twoPlaces();
    await here.put(key, bytes("short"), { expirationTtl: 60 });
    later(59.999);
    expect(await read(here)).toBe("short");
    later(60);
    expect(await read(here)).toBeNull();
    await expect(here.get(key, { cacheTtl: 29 })).rejects.toThrow();
    later(62);
    await expect(here.put(key, bytes("x"), { expirationTtl: 59 })).rejects.toThrow();
  });
});
