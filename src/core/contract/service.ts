// What is about the service and no reader: the catalogue and the two health routes.
import {
  CATALOGUE_LIMITS,
  cataloguePush,
  cataloguePushResponse,
  catalogueQuery,
  catalogueResponse,
} from "../catalogue.ts";
import { healthResponse, readinessResponse } from "../health.ts";
import type { Operation, Route } from "./operation.ts";

export const serviceOperations = {
  "PUT /api/catalog": {
    id: "pushCatalogue",
    group: "catalogue",
    summary: "Replace the site's catalogue: every page by path and hash, and in full what has changed",
    origin: "anyone",
    caller: "site-token",
    query: catalogueQuery,
    exampleQuery: { site: "course" },
    body: {
      schema: cataloguePush,
      maxBytes: CATALOGUE_LIMITS.bodyBytes,
      example: {
        pages: [{ path: "/start", contentHash: "1" }],
        changed: [
          {
            path: "/start",
            pageKey: "start",
            lang: "en",
            version: "",
            title: "Where to start",
            summary: "What you need, and in which order.",
            categories: ["Basics"],
            tags: ["setup"],
            level: "beginner",
            operatingSystems: ["linux"],
            languages: ["python"],
            tools: ["ros 2"],
            hardware: ["jetson orin"],
            prerequisites: ["welcome"],
            minutes: 5,
            position: 0,
            contentHash: "1",
          },
        ],
        basis: "00b906f4144d927c68d31b3d3c20a5bcbae72ad9fd2d60ada1e3112186772bb8",
      },
    },
    limits: { address: "guess" },
    answer: cataloguePushResponse,
    refusals: ["invalid-token", "catalogue-incomplete", "catalogue-too-large"],
  },
  "GET /api/catalog": {
    id: "readCatalogue",
    group: "catalogue",
    summary: "The site's catalogue",
    origin: "anyone",
    caller: "anyone",
    query: catalogueQuery,
    exampleQuery: { site: "course" },
    answer: catalogueResponse,
    etag: true,
    refusals: ["unknown-site"],
  },
  "GET /healthz": {
    id: "isAlive",
    group: "service",
    summary: "Does the Worker answer?",
    origin: "anyone",
    caller: "anyone",
    answer: healthResponse,
  },
  "GET /readyz": {
    id: "isReady",
    group: "service",
    summary: "Is it configured? With the probe's secret also: do database, KV and migrations agree with it?",
    origin: "anyone",
    caller: "anyone",
    limits: { address: "guess" },
    answer: readinessResponse,
    answerStatuses: [503],
  },
} as const satisfies Record<Route, Operation>;
