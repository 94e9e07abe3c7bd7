// One text per failure, and the field it is about. A code that is not here is said in general words.

import type { Failure } from "./api.ts";
import { PASSWORD_LIMITS } from "./limits.ts";
import { texts } from "./texts/current.ts";

export type FieldName =
  | "email"
  | "password"
  | "currentPassword"
  | "newPassword"
  | "code"
  | "secondFactor"
  | "name"
  | "image"
  | "sure"
  | "query";

export interface Explained {
  /** Where it is said: in the first of these that the form has, otherwise above the form. */
  fields: readonly FieldName[];
  text: string;
}

const newPasswords = ["newPassword", "password"] as const;
const codes = ["secondFactor", "code"] as const;
const none = [] as const;

const EXPLANATIONS: Readonly<Record<string, () => Explained>> = {
  INVALID_EMAIL_OR_PASSWORD: () => ({ fields: none, text: texts.wrongCredentials }),
  USER_ALREADY_EXISTS: () => ({ fields: ["email"], text: texts.emailTaken }),
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: () => ({ fields: ["email"], text: texts.emailTaken }),
  INVALID_EMAIL: () => ({ fields: ["email"], text: texts.emailInvalid }),
  EMAIL_IS_THE_SAME: () => ({ fields: ["email"], text: texts.sameAddress }),
  EMAIL_NOT_VERIFIED: () => ({ fields: none, text: texts.notVerified }),
  PASSWORD_TOO_SHORT: () => ({ fields: newPasswords, text: texts.passwordTooShort(PASSWORD_LIMITS.min) }),
  PASSWORD_TOO_LONG: () => ({ fields: newPasswords, text: texts.passwordTooLong(PASSWORD_LIMITS.max) }),
  PASSWORD_TOO_COMMON: () => ({ fields: newPasswords, text: texts.passwordCommon }),
  PASSWORD_COMPROMISED: () => ({ fields: newPasswords, text: texts.passwordCommon }),
  INVALID_PASSWORD: () => ({ fields: ["currentPassword", "password"], text: texts.passwordWrong }),
  INVALID_CODE: () => ({ fields: codes, text: texts.codeWrong }),
  INVALID_BACKUP_CODE: () => ({ fields: codes, text: texts.codeWrong }),
  INVALID_PROOF: () => ({ fields: ["code", "password"], text: texts.proveNot }),
  SECOND_FACTOR_REQUIRED: () => ({ fields: codes, text: texts.codeMissing }),
  ACCOUNT_TEMPORARILY_LOCKED: () => ({ fields: none, text: texts.codeWait }),
  INVALID_TWO_FACTOR_COOKIE: () => ({ fields: none, text: texts.questionClosed }),
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: () => ({ fields: none, text: texts.questionClosed }),
  ACCOUNT_BLOCKED: () => ({ fields: none, text: texts.notAllowed }),
  INVALID_TOKEN: () => ({ fields: none, text: texts.linkOverIntro }),
  SIGN_IN_FIRST: () => ({ fields: none, text: texts.signInFirst }),
  LAST_WAY_IN: () => ({ fields: none, text: texts.lastWayIn }),
  FAILED_TO_UNLINK_LAST_ACCOUNT: () => ({ fields: none, text: texts.lastWayIn }),
  LAST_ADMINISTRATOR: () => ({ fields: none, text: texts.lastAdministrator }),
  ADDRESS_UNVERIFIED: () => ({ fields: none, text: texts.needsVerified }),
};

export function explain(failure: Failure): Explained {
  if (failure.kind === "cancelled") return { fields: none, text: "" };
  if (failure.kind === "unreachable") return { fields: none, text: texts.unreachable };
  const found = Object.hasOwn(EXPLANATIONS, failure.code) ? EXPLANATIONS[failure.code] : undefined;
  if (found) return found();
  return { fields: none, text: failure.status === 429 ? texts.tooMany : texts.refused };
}
