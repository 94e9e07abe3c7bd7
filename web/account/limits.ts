// Numbers that the Worker checks as well. Not imported from core/account.ts: that file brings zod with it.
export const PASSWORD_LIMITS = { min: 8, max: 128 } as const;
