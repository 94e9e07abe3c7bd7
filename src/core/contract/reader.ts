// What belongs to one reader: background, profile, preferences, progress, and all of it at once.
import { background, backgroundInput, backgroundPatch } from "../background.ts";
import { exportAnswer } from "../export.ts";
import { meAnswer, meQuery, progressMergeAnswer, progressMergeQuery } from "../me.ts";
import { personalization, preferences, preferencesInput, refreshInput } from "../personalization.ts";
import { DEFAULT_BODY_BYTES, readerQuery, siteQuery } from "../primitives.ts";
import { profile, profilePatch } from "../profile.ts";
import { PROGRESS_LIMITS, progressInput } from "../progress-events.ts";
import { progressListAnswer } from "../reading-progress.ts";
import { recommendationsQuery, recommendationsResponse } from "../recommendation.ts";
import type { Operation, Route } from "./operation.ts";

const BACKGROUND = {
  experienceLevel: "beginner",
  primaryDomain: "robotics",
  programmingLanguages: ["python"],
  softwareTools: ["ros 2"],
  hardwareSetup: { operatingSystem: "linux", devices: ["jetson orin"], gpu: "RTX 4070", memoryGb: 32 },
  technicalPreferences: { learningStyle: "hands-on", sessionMinutes: 45 },
  answers: { goal: "a robot arm", years: 2, team: true, interests: ["vision"] },
  questionnaireVersion: "1",
} as const;

export const readerOperations = {
  "GET /api/me": {
    id: "readMe",
    group: "reader",
    summary: "User, background, profile, preferences and a summary of the progress",
    origin: "docs",
    caller: "reader",
    query: meQuery,
    exampleQuery: { site: "course" },
    answer: meAnswer,
    refusals: ["unknown-site"],
    etag: true,
  },
  "GET /api/background": {
    id: "readBackground",
    group: "reader",
    summary: "What the reader said about themselves",
    origin: "docs",
    caller: "reader",
    answer: background,
  },
  "PUT /api/background": {
    id: "replaceBackground",
    group: "reader",
    summary: "Replace the whole background; a part that is missing is cleared",
    origin: "docs",
    caller: "reader",
    query: readerQuery,
    body: { schema: backgroundInput, maxBytes: DEFAULT_BODY_BYTES, example: BACKGROUND },
    answer: background,
  },
  "PATCH /api/background": {
    id: "changeBackground",
    group: "reader",
    summary: "Change only what is named; null takes an answer back",
    origin: "docs",
    caller: "reader",
    query: readerQuery,
    body: { schema: backgroundPatch, maxBytes: DEFAULT_BODY_BYTES, example: BACKGROUND },
    answer: background,
  },
  "DELETE /api/background": {
    id: "deleteBackground",
    group: "reader",
    summary: "Remove every answer",
    origin: "docs",
    caller: "reader",
    answer: null,
  },
  "GET /api/profile": {
    id: "readProfile",
    group: "reader",
    summary: "The public profile and display preferences",
    origin: "docs",
    caller: "reader",
    answer: profile,
  },
  "PATCH /api/profile": {
    id: "changeProfile",
    group: "reader",
    summary: "Change only what is named; null removes",
    origin: "docs",
    caller: "reader",
    body: {
      schema: profilePatch,
      maxBytes: DEFAULT_BODY_BYTES,
      example: {
        displayName: "Lena",
        bio: "Builds small robots.",
        avatarUrl: "https://example.test/lena.png",
        coverUrl: "https://example.test/robots.png",
        website: "https://example.test/",
        location: "Lahore",
        twitterHandle: "lena",
        githubUsername: "lena",
        theme: "dark",
        notificationsEnabled: false,
      },
    },
    answer: profile,
  },
  "GET /api/personalization": {
    id: "readPersonalization",
    group: "recommendations",
    summary: "The stored lists, what they were made from, and the preferences",
    origin: "docs",
    caller: "reader",
    answer: personalization,
  },
  "PUT /api/personalization/preferences": {
    id: "replacePreferences",
    group: "recommendations",
    summary: "Replace the categories and tags the reader wants to see more of",
    origin: "docs",
    caller: "reader",
    body: {
      schema: preferencesInput,
      maxBytes: DEFAULT_BODY_BYTES,
      example: { preferredCategories: ["Perception"] },
    },
    answer: preferences,
  },
  "POST /api/personalization/refresh": {
    id: "refreshRecommendations",
    group: "recommendations",
    summary: "Rank a site's pages now, store the list and answer with it",
    origin: "docs",
    caller: "reader",
    body: {
      schema: refreshInput,
      maxBytes: DEFAULT_BODY_BYTES,
      example: { site: "course", lang: "en", version: "" },
    },
    answer: recommendationsResponse,
    refusals: ["unknown-site"],
  },
  "GET /api/recommendations": {
    id: "listRecommendations",
    group: "recommendations",
    summary:
      "The pages that suit the reader, best first, each with its reasons; stored until what they follow from changes",
    origin: "docs",
    caller: "reader",
    query: recommendationsQuery,
    exampleQuery: { site: "course", current: "/start", lang: "en", version: "", limit: "3" },
    answer: recommendationsResponse,
    refusals: ["unknown-site"],
  },
  "GET /api/progress": {
    id: "listProgress",
    group: "progress",
    summary: "How far the reader came on a site, page by page",
    origin: "docs",
    caller: "reader",
    query: siteQuery,
    exampleQuery: { site: "course" },
    answer: progressListAnswer,
    refusals: ["unknown-site"],
  },
  "POST /api/progress": {
    id: "mergeProgress",
    group: "progress",
    summary: "Merge a batch of reading events: in any order, delivered at least once, counted once",
    origin: "docs",
    caller: "reader",
    query: progressMergeQuery,
    body: {
      schema: progressInput,
      maxBytes: PROGRESS_LIMITS.bodyBytes,
      example: {
        site: "course",
        sentAt: "2026-03-01T12:00:00Z",
        events: [
          { type: "read", page: "/start", at: "2026-03-01T11:58:00Z", hash: "1", percent: 40 },
          { type: "complete", page: "/start", at: "2026-03-01T11:59:00Z", hash: "1" },
          { type: "save", page: "/start", at: "2026-03-01T11:59:10Z" },
          { type: "unsave", page: "/start", at: "2026-03-01T11:59:11Z" },
          { type: "dismiss", page: "/start", at: "2026-03-01T11:59:12Z" },
          { type: "restore", page: "/start", at: "2026-03-01T11:59:13Z" },
          { type: "feedback", page: "/start", at: "2026-03-01T11:59:20Z", feedback: "too-easy" },
        ],
      },
    },
    answer: progressMergeAnswer,
    refusals: ["unknown-site"],
  },
  "GET /api/export": {
    id: "exportEverything",
    group: "reader",
    summary: "Everything stored about the reader, each part described",
    origin: "own",
    caller: "proved",
    answer: exportAnswer,
  },
} as const satisfies Record<Route, Operation>;
