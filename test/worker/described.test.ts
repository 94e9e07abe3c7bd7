// The check that every other test's answers go through notices what nobody described.
import { expect, it } from "vitest";
import { deviation } from "../harness/described.ts";
import { BASE_URL } from "../harness/isolate.ts";

const PROBLEM = {
  type: "urn:docent:problem:not-found",
  title: "There is nothing here.",
  status: 404,
  code: "not-found",
  requestId: "1",
};

const answer = (body: unknown, status = 200, type = "application/json") =>
  new Response(status === 204 || status === 304 ? null : JSON.stringify(body), {
    status,
    headers: { "Content-Type": type },
  });
const JSON_TYPE = { "Content-Type": "application/json" };
const asked = (path: string, method = "GET") => new Request(new URL(path, BASE_URL), { method });

it.each([
  ["GET /healthz", answer({ alive: true })],
  ["HEAD /healthz", new Response(null, { headers: JSON_TYPE })],
  ["GET /api/session", answer({ session: null })],
  ["GET /api/auth/get-session", answer(null)],
  ["DELETE /api/background", answer(undefined, 204)],
  ["GET /api/me", answer(undefined, 304)],
  ["GET /nowhere", answer(PROBLEM, 404, "application/problem+json")],
  ["GET /api/auth/nowhere", answer({ code: "NOT_FOUND", message: "There is nothing here." }, 404)],
])("%s may be answered as described", async (asks, response) => {
  const [method = "", path = ""] = asks.split(" ");
  expect(await deviation(asked(path, method), response)).toBeUndefined();
});

it.each([
  ["a field that nobody described", "/healthz", answer({ alive: true, secret: 1 }), "secret"],
  ["a field inside that nobody described", "/api/session", answer({ session: null, reader: {} }), "answered 200"],
  ["a missing field", "/healthz", answer({}), "alive"],
  ["another type of value", "/healthz", answer({ alive: "yes" }), "alive"],
  ["a time that is none", "/api/profile", answer({ updatedAt: "yesterday" }), "answered 200"],
  ["a missing body", "/healthz", new Response("", { headers: JSON_TYPE }), "A body is described."],
  ["a refusal without a body", "/api/me", new Response(null, { status: 503 }), "A body is described."],
  ["a status that nobody described", "/healthz", answer({}, 418), "That status is not described."],
  ["a body where none is described", "/api/me", new Response("x", { status: 299 }), "That status is not described."],
  ["another media type", "/healthz", answer({ alive: true }, 200, "text/html"), "That type is not described."],
  ["a code that is none", "/nowhere", answer({ ...PROBLEM, code: "oops" }, 404, "application/problem+json"), "code"],
  ["our form on Better Auth's routes", "/api/auth/x", answer(PROBLEM, 404, "application/problem+json"), "type"],
])("%s is noticed", async (_, path, response, message) => {
  expect(await deviation(asked(path), response)).toContain(message);
});
