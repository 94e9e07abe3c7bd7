// How the widget proves who is reading: by the cookie, which it never sees, or by a bearer, and never by both.
import { beforeEach, expect, it, vi } from "vitest";
import { createApi } from "../../../web/api/api.ts";

const device = {
  value: undefined as string | undefined,
  bearer: () => device.value,
  rememberBearer: (bearer: string) => {
    device.value = bearer;
  },
};
const sent: { path: string; init: RequestInit }[] = [];
let status = 200;
beforeEach(() => {
  sent.length = 0;
  device.value = undefined;
  status = 200;
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    sent.push({ path: new URL(url).pathname, init });
    return Response.json({}, { status });
  });
});
const api = createApi("https://auth.example.test", "course", device);
const asked = () => sent.map(({ init }) => [init.credentials, new Headers(init.headers).get("authorization")]);

it("lets the browser send its cookie where there is no bearer, or nobody is signed in with one", async () => {
  for (const value of [undefined, ""]) {
    device.value = value;
    await api.background();
  }
  expect(asked()).toEqual([
    ["include", null],
    ["include", null],
  ]);
});

it("sends the bearer and no cookie where there is one, and neither where nobody is asked for", async () => {
  device.value = "the-bearer";
  await api.background();
  await api.changeBackground("reader", {});
  await api.call("GET", "/docent/config.json", () => ({}), { anonymous: true });
  expect(asked()).toEqual([
    ["omit", "Bearer the-bearer"],
    ["omit", "Bearer the-bearer"],
    ["omit", null],
  ]);
  expect(device.value).toBe("the-bearer");
});

it.each([
  [401, "/api/background", ""],
  [200, "/api/auth/sign-out", ""],
  [503, "/api/auth/sign-out", "the-bearer"],
  [503, "/api/background", "the-bearer"],
  [403, "/api/background", "the-bearer"],
])("after %i from %s keeps %j", async (answered, path, kept) => {
  device.value = "the-bearer";
  status = answered;
  await api.call("POST", path, () => ({}), { body: {} });
  expect(device.value).toBe(kept);
});

it("keeps the bearer that another tab has got meanwhile", async () => {
  device.value = "the-old";
  status = 401;
  const answer = api.background();
  device.value = "the-new";
  await answer;
  expect(device.value).toBe("the-new");
});
