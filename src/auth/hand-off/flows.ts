// The rows of what a browser has begun: a flow (from a docs page, and back to it) and a request to a provider. Both are
// found only together with the secret in the browser's cookie, so that what one browser began no other can go on with.
import { sql } from "drizzle-orm";
import * as z from "zod/mini";
import { CODE_SECONDS, FLOW_SECONDS } from "../../core/hand-off.ts";
import type { Database } from "../../db/client.ts";
import { verification } from "../../db/schema/index.ts";
import { find, identifierOf, minting, newSecret, redeem } from "../one-time-tokens.ts";

/** What a docs page asked for when it sent the reader here. */
export interface Flow {
  id: string;
  site: string;
  /** The docs page's, exactly: nobody else may redeem the code. */
  origin: string;
  returnTo: string;
  /** SHA-256 of the page's verifier, in base64url. */
  challenge: string;
  purpose: "sign-in";
}
const flow: z.ZodMiniType<Flow> = z.object({
  id: z.string(),
  site: z.string(),
  origin: z.string(),
  returnTo: z.string(),
  challenge: z.string(),
  purpose: z.literal("sign-in"),
});

/** A reader is at a provider. */
export interface ProviderRequest {
  provider: string;
  codeVerifier: string;
  nonce: string;
  /** The flow to go on with; null for one that began on the Worker's page. */
  flow: string | null;
  /** To be linked to this reader, by this session of theirs; null for signing in. */
  link: { userId: string; sessionId: string } | null;
}
const providerRequest: z.ZodMiniType<ProviderRequest> = z.object({
  provider: z.string(),
  codeVerifier: z.string(),
  nonce: z.string(),
  flow: z.nullable(z.string()),
  link: z.nullable(z.object({ userId: z.string(), sessionId: z.string() })),
});

/** Neither half is enough: one is the browser's, the other travels. */
const secretOf = (binding: string, half: string) => `${binding}.${half}`;

export interface Begin {
  binding: string;
  flow?: Flow | undefined;
  request?: (ProviderRequest & { state: string }) | undefined;
  now: number;
  randomId: () => string;
}

/** Stores what is begun, in one statement. A flow of the same id and browser is replaced. */
export async function begin(db: Database, { binding, flow, request, now, randomId }: Begin): Promise<void> {
  const common = { now, seconds: FLOW_SECONDS };
  const none = sql`select 1`;
  const identifier = flow && (await identifierOf("flow", secretOf(binding, flow.id)));
  const storedFlow = flow
    ? await minting(
        { ...common, id: randomId(), purpose: "flow", secret: secretOf(binding, flow.id), userId: null },
        { value: sql`${JSON.stringify(flow)}` },
      )
    : none;
  const { state = "", ...asked } = request ?? {};
  const storedRequest = request
    ? await minting(
        {
          ...common,
          id: randomId(),
          purpose: "provider-state",
          secret: secretOf(binding, state),
          userId: request.link?.userId ?? null,
        },
        { value: sql`${JSON.stringify(asked)}` },
      )
    : none;
  const replaced = identifier ? sql`delete from ${verification} where identifier = ${identifier}` : none;
  await db.execute(
    sql`with replaced as (${replaced}), flow as (${storedFlow}), request as (${storedRequest}) select 1`,
  );
}

/** The flow that a browser has open, without ending it. */
export async function openFlow(db: Database, binding: string, id: string, now: number): Promise<Flow | undefined> {
  return (await find(db, "flow", secretOf(binding, id), now, flow))?.data;
}

/** Ends a flow: nothing comes of it any more. */
export async function endFlow(db: Database, binding: string, id: string, now: number): Promise<Flow | undefined> {
  return (await redeem(db, "flow", secretOf(binding, id), now, flow))?.data;
}

/** The request that a provider's answer belongs to; of two answers one finds it. */
export async function endRequest(
  db: Database,
  binding: string,
  state: string,
  now: number,
): Promise<ProviderRequest | undefined> {
  return (await redeem(db, "provider-state", secretOf(binding, state), now, providerRequest))?.data;
}

/** What a code stands for; see `redeemCode`. */
export interface CodeOf {
  sessionId: string;
  userId: string;
  /** The session's cookie goes when the browser closes. */
  forget: boolean;
}

/**
 * Ends a flow and makes its code, at once: a flow has one code or none.
 * @returns the address to send the reader back to, or undefined when this browser has no such flow open
 */
export async function issueCode(
  db: Database,
  {
    binding,
    flowId,
    of,
    now,
    randomId,
  }: { binding: string; flowId: string; of: CodeOf; now: number; randomId: () => string },
): Promise<string | undefined> {
  const code = newSecret();
  const added = JSON.stringify({ sessionId: of.sessionId, forget: of.forget });
  const minted = await minting(
    { id: randomId(), purpose: "hand-off", secret: code, userId: of.userId, now, seconds: CODE_SECONDS },
    { value: sql`(ended.value::jsonb || ${added}::jsonb)::text`, from: sql`ended` },
  );
  const { rows } = await db.execute(sql`
    with ended as (delete from ${verification}
      where identifier = ${await identifierOf("flow", secretOf(binding, flowId))}
        and expires_at > ${new Date(now).toISOString()}::timestamptz returning value),
    made as (${minted})
    select value from ended`);
  const [row] = z.parse(z.array(z.object({ value: z.string() })), rows);
  const ended = row && z.safeParse(flow, JSON.parse(row.value));
  return ended?.success ? withFragment(ended.data.returnTo, `${flowId}.${code}`) : undefined;
}

export const withFragment = (returnTo: string, value: string): string => `${returnTo}#docent=${value}`;
