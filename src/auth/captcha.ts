// Cloudflare Turnstile, where the owner has set its keys: did a person send this? Asked at sign-up, and by whoever was
// stopped by a limit and wants to go on. The answer of the page's widget comes in a header, as Better Auth's clients send
// it. Tells Cloudflare the answer and the client's address, and nothing about the reader.
import type { MiddlewareHandler } from "hono";
import { createMiddleware } from "hono/factory";
import * as z from "zod/mini";
import type { AppEnv } from "../http/app-env.ts";
import { callerOf } from "../http/caller.ts";
import { problem } from "../http/problem.ts";

export const CAPTCHA_HEADER = "x-captcha-response";
const VERIFY_URL = "https://challenges.cloudflare.com/turnstile/v0/siteverify";
/** Milliseconds that are waited for the verdict. */
const TIMEOUT_MS = 3_000;
/** Characters of an answer, as Cloudflare promises. */
const MAX_ANSWER = 2_048;

/** `unknown`: the service could not be asked. */
export type CaptchaVerdict = "solved" | "unsolved" | "unknown";

export interface Captcha {
  /** Are the keys set? Without them nothing is ever solved, and nobody is asked. */
  on: boolean;
  judge(headers: Headers): Promise<CaptchaVerdict>;
}

export interface CaptchaDeps {
  /** Undefined: switched off. */
  secret: string | undefined;
  /** The host the challenge was solved on; undefined on a contributor's machine, where Cloudflare's test keys name another. */
  hostname: string | undefined;
  fetch: typeof fetch;
  log: (line: object) => void;
}

const outcome = z.object({ success: z.boolean(), hostname: z.optional(z.string()) });

export function turnstile({ secret, hostname, fetch, log }: CaptchaDeps): Captcha {
  if (secret === undefined) return { on: false, judge: async () => "unsolved" };
  return {
    on: true,
    async judge(headers) {
      const answer = headers.get(CAPTCHA_HEADER);
      if (!answer || answer.length > MAX_ANSWER) return "unsolved";
      try {
        const response = await fetch(VERIFY_URL, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ secret, response: answer, remoteip: callerOf(headers).ipAddress ?? undefined }),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        // 4xx with a verdict is one; anything else is no verdict.
        const said = outcome.parse(await response.json());
        const here = hostname === undefined || said.hostname === hostname;
        return said.success && here ? "solved" : "unsolved";
      } catch (error) {
        log({
          level: "warn",
          message: "captcha not checked",
          error: error instanceof Error ? error.name : "unknown",
        });
        return "unknown";
      }
    },
  };
}

/** In front of the sign-up. An outage of the service keeps nobody out: the limits are there as well. */
export const requireCaptcha = (captcha: Captcha): MiddlewareHandler<AppEnv> =>
  createMiddleware<AppEnv>(async function requireCaptcha(c, next) {
    if (captcha.on && (await captcha.judge(c.req.raw.headers)) === "unsolved") return problem(c, "captcha-failed");
    return next();
  });
