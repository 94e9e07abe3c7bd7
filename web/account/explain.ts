// One text per failure, and the field it is about. A code that is not here is said in general words.

import type { Failure } from "./api.ts";
import { PASSWORD_LIMITS } from "./limits.ts";
import { texts } from "./texts/current.ts";

export type FieldName = "email" | "password" | "currentPassword" | "newPassword" | "code" | "name" | "image";

export interface Explained {
  /** Where it is said, if the form has one of these. */
  fields: readonly FieldName[];
  text: string;
}

const passwords = ["newPassword", "password"] as const;

const EXPLANATIONS: Readonly<Record<string, () => Explained>> = {
  INVALID_EMAIL_OR_PASSWORD: () => ({ fields: [], text: texts.wrongCredentials }),
  USER_ALREADY_EXISTS: () => ({ fields: ["email"], text: texts.emailTaken }),
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: () => ({ fields: ["email"], text: texts.emailTaken }),
  INVALID_EMAIL: () => ({ fields: ["email"], text: texts.emailInvalid }),
  PASSWORD_TOO_SHORT: () => ({ fields: passwords, text: texts.passwordTooShort(PASSWORD_LIMITS.min) }),
  PASSWORD_TOO_LONG: () => ({ fields: passwords, text: texts.passwordTooLong(PASSWORD_LIMITS.max) }),
  INVALID_PASSWORD: () => ({ fields: ["currentPassword", "password"], text: texts.passwordWrong }),
  ACCOUNT_BLOCKED: () => ({ fields: [], text: texts.notAllowed }),
};

export function explain(failure: Failure): Explained {
  if (failure.kind === "cancelled") return { fields: [], text: "" };
  if (failure.kind === "unreachable") return { fields: [], text: texts.unreachable };
  if (failure.status === 429) return { fields: [], text: texts.tooMany };
  if (Object.hasOwn(EXPLANATIONS, failure.code)) {
    const found = EXPLANATIONS[failure.code];
    if (found) return found();
  }
  return { fields: [], text: texts.refused };
}
