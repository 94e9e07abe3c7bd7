// The docs page's side of a hand-off: what it keeps, where it sends the reader, and what it makes of their coming back.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { FLOW_MS, flowKey, handOffAddress } from "../../../web/hand-off/begin.ts";
import { finishHandOff } from "../../../web/hand-off/finish.ts";
import { createDevice, keysOf } from "../../../web/storage/device.ts";
import { MemoryStorage } from "./memory-storage.ts";

const WORKER = "https://auth.example.test";
const storage = new Proxy(new MemoryStorage(), {
  // As in a browser, where the keys are properties.
  ownKeys: (target) => Array.from({ length: target.length }, (_, at) => target.key(at) ?? ""),
  getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  get: (target, name) => {
    const member: unknown = Reflect.get(target, name, target);
    return typeof member === "function" ? member.bind(target) : member;
  },
});
const replaced: string[] = [];
const sent: { url: string; init: RequestInit }[] = [];
let respond: () => Promise<Response>;

beforeEach(() => {
  storage.clear();
  replaced.length = 0;
  sent.length = 0;
  respond = async () => Response.json({ userId: "reader", expiresAt: "2026-03-31T12:00:00.000Z" });
  vi.stubGlobal("localStorage", storage);
  vi.stubGlobal("location", { href: "https://docs.example.test/page?x=1#part-2" });
  vi.stubGlobal("history", { state: null, replaceState: (_: unknown, __: string, to: string) => replaced.push(to) });
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    sent.push({ url, init });
    return respond();
  });
});

const here = () => ({ worker: WORKER, site: "course", device: createDevice(keysOf(WORKER, "course")) });

async function begun(provider?: string) {
  const address = new URL(await handOffAddress(WORKER, "course", provider));
  return { address, query: Object.fromEntries(address.searchParams), flow: address.searchParams.get("flow") ?? "" };
}
const sha256 = async (text: string) =>
  btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

describe("a reader who leaves for the Worker", () => {
  it("takes the challenge along, and leaves the verifier here, under the flow's id", async () => {
    const { address, query, flow } = await begun("github");
    expect(address.origin + address.pathname).toBe(`${WORKER}/start`);
    const kept = JSON.parse(storage.getItem(flowKey(WORKER) + flow) ?? "") as { verifier: string };
    expect(query).toEqual({
      site: "course",
      return: "https://docs.example.test/page?x=1",
      challenge: await sha256(kept.verifier),
      flow: expect.stringMatching(/^[\w-]{22}$/) as string,
      with: "github",
    });
    expect(address.href).not.toContain(kept.verifier);
  });

  it("chooses on the Worker's page where no provider was chosen here", async () => {
    expect((await begun()).query).not.toHaveProperty("with");
  });
});

describe("a reader who comes back", () => {
  const CODE = "c".repeat(43);

  it("is signed in by the code, once, and the page's own fragment is there again", async () => {
    const { flow } = await begun();
    expect(await finishHandOff(here(), `${flow}.${CODE}`)).toEqual({ userId: "reader" });
    // The second asks whether the cookie was kept.
    expect(sent).toMatchObject([
      { url: `${WORKER}/api/hand-off`, init: { method: "POST", credentials: "include" } },
      { url: `${WORKER}/api/session`, init: { credentials: "include" } },
    ]);
    expect(JSON.parse(String(sent[0]?.init.body))).toMatchObject({ flow, code: CODE });
    expect(replaced).toEqual(["#part-2"]);
    expect(storage.length).toBe(0);
    expect(await finishHandOff(here(), `${flow}.${CODE}`)).toBeUndefined();
  });

  it("is told what the Worker says went wrong, and nothing is sent", async () => {
    const { flow } = await begun();
    expect(await finishHandOff(here(), `${flow}!registered`)).toEqual({ error: "registered" });
    expect(sent).toEqual([]);
  });

  it("is none of this page's business where another browser began, or somebody made the fragment up", async () => {
    for (const value of [`${"f".repeat(22)}.${CODE}`, "nonsense", "", `<img>.${CODE}`, `${"f".repeat(22)}!denied`]) {
      expect(await finishHandOff(here(), value), value).toBeUndefined();
    }
    expect(sent).toEqual([]);
  });

  it.each<[string, () => Promise<Response>, string]>([
    ["a code that is used up", async () => Response.json({ code: "code-refused" }, { status: 403 }), "expired"],
    ["an outage", async () => new Response("", { status: 503 }), "unavailable"],
    ["no answer", () => Promise.reject(new TypeError("Failed to fetch")), "unavailable"],
    ["an answer that is none", async () => Response.json({}), "failed"],
  ])("after %s is told so", async (_, answer, error) => {
    const { flow } = await begun();
    respond = answer;
    expect(await finishHandOff(here(), `${flow}.${CODE}`)).toEqual({ error });
  });

  it("whose browser keeps no cookie goes once more, and then has a bearer; where one is kept, none is asked for", async () => {
    const assigned: string[] = [];
    vi.stubGlobal("location", { href: "https://docs.example.test/page", assign: (to: string) => assigned.push(to) });
    const first = await begun();
    const answers = [{ userId: "reader" }, { session: null }, { userId: "reader", bearer: "the-bearer" }];
    respond = async () => Response.json(answers.shift());
    expect(await finishHandOff(here(), `${first.flow}.${CODE}`)).toBeUndefined();
    const again = new URL(assigned[0] ?? "").searchParams.get("flow") ?? "";
    expect(await finishHandOff(here(), `${again}.${CODE}`)).toEqual({ userId: "reader" });
    expect(sent.map(({ init }) => [init.credentials, String(init.body).includes('"bearer":true')])).toEqual([
      ["include", false],
      ["include", false],
      ["omit", true],
    ]);
    expect(here().device.bearer()).toBe("the-bearer");
    expect(assigned).toHaveLength(1);
  });

  it("is signed in where nobody can say whether the cookie was kept", async () => {
    for (const answer of [new Response("", { status: 503 }), Response.json({ session: { id: "1" } })]) {
      const { flow } = await begun();
      const answers = [Response.json({ userId: "reader" }), answer];
      respond = async () => answers.shift() ?? Response.error();
      expect(await finishHandOff(here(), `${flow}.${CODE}`)).toEqual({ userId: "reader" });
    }
  });

  it("leaves nothing of flows that were never finished, and everything of others' keys", async () => {
    const old = await begun();
    const kept = JSON.parse(storage.getItem(flowKey(WORKER) + old.flow) ?? "") as object;
    storage.setItem(flowKey(WORKER) + old.flow, JSON.stringify({ ...kept, at: Date.now() - FLOW_MS - 1 }));
    storage.setItem(`${flowKey(WORKER)}broken`, "{");
    storage.setItem("docent:https://other.test:flow:x", "theirs");
    const { flow } = await begun();
    await finishHandOff(here(), `${flow}.${CODE}`);
    expect(Object.keys(storage)).toEqual(["docent:https://other.test:flow:x"]);
  });
});
