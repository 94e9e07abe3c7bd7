// What every mail says, in English. Plain text; a line of its own for each paragraph.
import type { MailTexts } from "./mail-texts.ts";

const notYou =
  "If it was not you, somebody else can get at your account: set a new password on your account page at once.";
const nothingToDo = "If that was you, there is nothing to do.";
const ignore = "If you did not ask for it, ignore this mail: nothing happens without the link.";

const good = (minutes: number) =>
  minutes >= 120
    ? `The link works once, within ${Math.round(minutes / 60)} hours.`
    : `The link works once, within ${minutes} minutes.`;

export const en: MailTexts = {
  dir: "ltr",
  orCopy: "Or copy this address into your browser:",
  why: (site) => `You get this mail because this address was given for an account for ${site}.`,

  "verify-address": (site, { minutes }) => ({
    subject: `Confirm your address for ${site}`,
    before: [`Confirm that this is your address, so that you can always get back into your account for ${site}.`],
    action: "Confirm the address",
    after: [good(minutes), ignore],
  }),
  "magic-link": (site, { minutes }) => ({
    subject: `Your link to sign in to ${site}`,
    before: [`With this link you sign in to ${site}, without a password.`],
    action: "Sign in",
    after: [good(minutes), "Give it to nobody: whoever has it gets into your account.", ignore],
  }),
  "magic-link-sign-up": (site, { minutes }) => ({
    subject: `Your link to sign in to ${site}`,
    before: [`There is no account for ${site} with this address yet. The link makes one and signs you in.`],
    action: "Create the account",
    after: [good(minutes), ignore],
  }),
  "reset-password": (site, { minutes }) => ({
    subject: `Set a new password for ${site}`,
    before: [
      `With this link you set a new password for ${site}. Everybody who is signed in to the account is then signed out.`,
    ],
    action: "Set a new password",
    after: [good(minutes), ignore],
  }),
  "confirm-change": (site, { minutes, address }) => ({
    subject: `Is your address for ${site} to change?`,
    before: [
      `Somebody who is signed in to your account for ${site} wants to move it to another address: ${address}`,
      "Confirm it here, and with the mail that went to the other address.",
    ],
    action: "Confirm the change",
    after: [
      good(minutes),
      `If it was not you, do not confirm it, and set a new password: somebody else is in your account.`,
    ],
  }),
  "confirm-address": (site, { minutes, address }) => ({
    subject: `Confirm your new address for ${site}`,
    before: [
      `An account for ${site} is to move to this address. It has this one now: ${address}`,
      "If it is yours, confirm it while you are signed in to it.",
    ],
    action: "Confirm the address",
    after: [good(minutes), "If that is not your account, ignore this mail: it is not given your address then."],
  }),

  "account-exists": (site) => ({
    subject: `You already have an account for ${site}`,
    before: [
      `Somebody wanted to use this address for an account for ${site}. There already is one, and nothing has changed.`,
      "If it was you, sign in instead; if you have forgotten your password, set a new one there.",
    ],
    action: "To your account",
    after: ["If it was not you, there is nothing to do."],
  }),
  "proof-code": (site, { code, minutes }) => ({
    subject: `Your code for ${site}`,
    before: [`Enter this code on your account page of ${site} to show that it is you:`, code],
    after: [`It works once, within ${minutes} minutes. Give it to nobody, whatever they say.`, notYou],
  }),
  "account-deleted": (site) => ({
    subject: `Your account for ${site} was deleted`,
    before: [`Your account for ${site} and everything stored in it was deleted. You are signed out everywhere.`],
    after: [
      "What you keep in your own browser is still there. If it was not you, tell the owner of the documentation.",
    ],
  }),
  inactive: (site, { date }) => ({
    subject: `Do you still use your account for ${site}?`,
    before: [
      `Nobody has signed in to your account for ${site} for a long time. On ${date} it will be deleted with everything in it.`,
      "To keep it, sign in before then.",
    ],
    action: "Keep the account",
    after: [],
  }),

  "password-changed": (site) => ({
    subject: `Your password for ${site} was changed`,
    before: [`The password of your account for ${site} has just been changed.`, nothingToDo, notYou],
    action: "To your account",
    after: [],
  }),
  "password-set": (site) => ({
    subject: `Your account for ${site} has a password now`,
    before: [
      `A password has just been set for your account for ${site}. It is one more way to sign in.`,
      nothingToDo,
      notYou,
    ],
    action: "To your account",
    after: [],
  }),
  "password-reset": (site) => ({
    subject: `Your password for ${site} was reset`,
    before: [
      `A new password has just been set for your account for ${site}, with a link that was mailed to this address. Everybody was signed out.`,
      nothingToDo,
      "If it was not you, somebody else reads your mail: secure your mailbox first, then set a new password.",
    ],
    action: "To your account",
    after: [],
  }),
  "second-factor-enabled": (site) => ({
    subject: `Two-step sign-in for ${site} is on`,
    before: [
      `From now on signing in to your account for ${site} also asks for a code of your app.`,
      nothingToDo,
      notYou,
    ],
    action: "To your account",
    after: [],
  }),
  "second-factor-disabled": (site) => ({
    subject: `Two-step sign-in for ${site} is off`,
    before: [`Signing in to your account for ${site} no longer asks for a code.`, nothingToDo, notYou],
    action: "To your account",
    after: [],
  }),
  "backup-codes-made": (site) => ({
    subject: `New backup codes for ${site}`,
    before: [
      `New backup codes were made for your account for ${site}. The old ones are good for nothing.`,
      nothingToDo,
      notYou,
    ],
    action: "To your account",
    after: [],
  }),
  "backup-code-used": (site) => ({
    subject: `A backup code was used for ${site}`,
    before: [
      `One of the backup codes of your account for ${site} has just been used. It is used up.`,
      nothingToDo,
      notYou,
    ],
    action: "To your account",
    after: [],
  }),
  "passkey-added": (site) => ({
    subject: `A passkey was added to your account for ${site}`,
    before: [`Your account for ${site} has a new passkey. It is one more way to sign in.`, nothingToDo, notYou],
    action: "To your account",
    after: [],
  }),
  "passkey-removed": (site) => ({
    subject: `A passkey was removed from your account for ${site}`,
    before: [`A passkey of your account for ${site} was removed. It no longer signs in.`, nothingToDo, notYou],
    action: "To your account",
    after: [],
  }),
  "address-verified": (site) => ({
    subject: `Your address for ${site} is confirmed`,
    before: [
      `The address of your account for ${site} was confirmed with a link that was mailed to it.`,
      "Until then nobody had shown that the address is theirs. A password, a session or another way in that was not shown again was therefore removed.",
      nothingToDo,
    ],
    action: "To your account",
    after: [],
  }),
  "address-changed": (site, { address }) => ({
    subject: `Your address for ${site} was changed`,
    before: [
      `Your account for ${site} now has this address: ${address}`,
      nothingToDo,
      "If it was not you, tell the owner of the documentation at once.",
    ],
    after: [],
  }),
  "method-linked": (site, { method }) => ({
    subject: `${method} was linked to your account for ${site}`,
    before: [`You can now sign in to your account for ${site} with ${method}.`, nothingToDo, notYou],
    action: "To your account",
    after: [],
  }),
  "method-unlinked": (site, { method }) => ({
    subject: `${method} was unlinked from your account for ${site}`,
    before: [`${method} no longer signs in to your account for ${site}.`, nothingToDo, notYou],
    action: "To your account",
    after: [],
  }),
};
