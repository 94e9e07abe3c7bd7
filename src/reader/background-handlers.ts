// GET, PUT, PATCH and DELETE /api/background: what the reader told us about themselves. Only ever their own.
import type { Context } from "hono";
import {
  type Background,
  type BackgroundInput,
  type BackgroundPatch,
  backgroundInput,
  backgroundPatch,
  EMPTY_BACKGROUND,
} from "../core/background.ts";
import { readerQuery } from "../core/primitives.ts";
import type { Database } from "../db/client.ts";
import { sqlState, violatesForeignKey } from "../db/unavailable.ts";
import type { AppEnv } from "../http/app-env.ts";
import { readJson, readQuery } from "../http/body.ts";
import { problem } from "../http/problem.ts";
import {
  type BackgroundChange,
  changeBackground,
  deleteBackground,
  findBackground,
  replaceBackground,
} from "./background-queries.ts";
import { isAnothers } from "./whose.ts";

type C = Context<AppEnv>;

/** SQLSTATE of a check violation: as Postgres stores them, the answers are larger than they were on the wire. */
const TOO_LARGE = "23514";

export interface BackgroundDeps {
  db: Database;
  now: () => number;
  randomId: () => string;
  /** What caches hold of this reader is outdated. */
  onChanged: (c: C) => Promise<void>;
}

/**
 * The background that a PUT makes. A PUT restates everything, so every answer in it counts as given at `at`
 * (RFC 3339). Times are kept per answer, by the name a question gives its field, so that devices can be merged.
 */
export function backgroundFrom(input: BackgroundInput, at: string): Omit<Background, "updatedAt"> {
  const background = {
    experienceLevel: input.experienceLevel ?? null,
    primaryDomain: input.primaryDomain ?? null,
    programmingLanguages: input.programmingLanguages ?? [],
    softwareTools: input.softwareTools ?? [],
    hardwareSetup: input.hardwareSetup ?? {},
    technicalPreferences: input.technicalPreferences ?? {},
    answers: input.answers ?? {},
    questionnaireVersion: input.questionnaireVersion ?? null,
  };
  const answered = [
    ...(background.experienceLevel === null ? [] : ["experienceLevel"]),
    ...(background.primaryDomain === null ? [] : ["primaryDomain"]),
    ...(background.programmingLanguages.length === 0 ? [] : ["programmingLanguages"]),
    ...(background.softwareTools.length === 0 ? [] : ["softwareTools"]),
    ...Object.keys(background.hardwareSetup).map((key) => `hardwareSetup.${key}`),
    ...Object.keys(background.technicalPreferences).map((key) => `technicalPreferences.${key}`),
    ...Object.keys(background.answers).map((key) => `answers.${key}`),
  ];
  return { ...background, answeredAt: Object.fromEntries(answered.map((field) => [field, at])) };
}

/** What a PATCH changes, with the time of each answer that it gives or takes back. Pure. */
export function changeFrom(patch: BackgroundPatch, at: string): BackgroundChange {
  const { hardwareSetup, technicalPreferences, answers, ...set } = patch;
  const merge = {
    ...(hardwareSetup && { hardwareSetup }),
    ...(technicalPreferences && { technicalPreferences }),
    ...(answers && { answers }),
  };
  const answeredAt: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(set)) {
    if (name === "questionnaireVersion") continue;
    answeredAt[name] = value === null || (Array.isArray(value) && value.length === 0) ? null : at;
  }
  for (const [name, part] of Object.entries(merge)) {
    for (const [key, value] of Object.entries(part)) answeredAt[`${name}.${key}`] = value === null ? null : at;
  }
  return { set: set as BackgroundChange["set"], merge, answeredAt };
}

/** What Postgres may refuse of a background. @throws any other error again */
function refusal(c: C, error: unknown): Response {
  // The account was deleted while a cache still knew it.
  if (violatesForeignKey(error)) return problem(c, "unauthenticated");
  if (sqlState(error) !== TOO_LARGE) throw error;
  return problem(c, "invalid-request", { errors: [{ path: "answers", message: "are too large together" }] });
}

export function backgroundHandlers(deps: BackgroundDeps) {
  return {
    async read(c: C): Promise<Response> {
      const row = await findBackground(deps.db, c.get("session").userId);
      const body: Background = row ? { ...row, updatedAt: row.updatedAt.toISOString() } : EMPTY_BACKGROUND;
      return c.json(body);
    },

    async replace(c: C): Promise<Response> {
      const query = readQuery(c, readerQuery);
      if (!query.ok) return query.response;
      const read = await readJson(c, backgroundInput);
      if (!read.ok) return read.response;
      if (isAnothers(c, query.value.reader)) return problem(c, "unauthenticated");
      const at = new Date(deps.now());
      const background = backgroundFrom(read.value, at.toISOString());
      try {
        await replaceBackground(deps.db, c.get("session").userId, deps.randomId(), background, at);
      } catch (error) {
        return refusal(c, error);
      }
      await deps.onChanged(c);
      return c.json({ ...background, updatedAt: at.toISOString() } satisfies Background);
    },

    async change(c: C): Promise<Response> {
      const query = readQuery(c, readerQuery);
      if (!query.ok) return query.response;
      const read = await readJson(c, backgroundPatch);
      if (!read.ok) return read.response;
      if (isAnothers(c, query.value.reader)) return problem(c, "unauthenticated");
      const at = new Date(deps.now());
      try {
        const change = changeFrom(read.value, at.toISOString());
        const row = await changeBackground(deps.db, c.get("session").userId, deps.randomId(), change, at);
        await deps.onChanged(c);
        return c.json(row ? { ...row, updatedAt: row.updatedAt.toISOString() } : EMPTY_BACKGROUND);
      } catch (error) {
        return refusal(c, error);
      }
    },

    async remove(c: C): Promise<Response> {
      await deleteBackground(deps.db, c.get("session").userId, new Date(deps.now()));
      await deps.onChanged(c);
      return c.body(null, 204);
    },
  };
}
