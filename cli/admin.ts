// `docent admin <email>`: the deployment's first administrator. Every other one is appointed on the Worker's page.
import { type Appointment, appoint } from "../src/admin/first-admin.ts";
import { isUnavailable } from "../src/db/unavailable.ts";
import type { Connection } from "./connection.ts";
import { Refusal } from "./refusal.ts";

/** What to do about it. */
const REFUSALS: Record<Exclude<Appointment, "made" | "was-already">, (email: string) => string> = {
  unknown: (email) => `Nobody has signed up with ${email}. Sign up with it first, then run this again.`,
  unverified: (email) =>
    `${email} has an account, but nobody has proved that the address is theirs, and whoever signed up with it would become administrator. Open the link that was mailed to it (the account page sends a new one), or sign in through a provider that vouches for the address. Then run this again.`,
  blocked: (email) => `${email} is banned or deactivated.`,
  "not-the-first": () =>
    "There is an administrator already, who can appoint others on the account page. If none of them can sign in any more, give --another.",
};

/** @returns what was done, in a sentence; @throws Refusal with what is in the way */
export async function makeAdmin({ db, description }: Connection, email: string, another: boolean): Promise<string> {
  let outcome: Appointment;
  try {
    outcome = await appoint(db, email, another, new Date());
  } catch (error) {
    throw new Refusal(
      isUnavailable(error)
        ? `${description} does not answer.`
        : `${description} refused: is it migrated? \`npm run migrate\` does that.`,
    );
  }
  if (outcome === "made") return `${email} is an administrator of ${description}.`;
  if (outcome === "was-already") return `${email} is an administrator of ${description} already; nothing was changed.`;
  throw new Refusal(REFUSALS[outcome](email));
}
