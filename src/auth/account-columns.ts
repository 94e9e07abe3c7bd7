// A reader as Better Auth's answers show one: what is not named here does not leave.
import { user } from "../db/schema/index.ts";

export const ACCOUNT_COLUMNS = {
  id: user.id,
  email: user.email,
  emailVerified: user.emailVerified,
  name: user.name,
  image: user.image,
  createdAt: user.createdAt,
  updatedAt: user.updatedAt,
  role: user.role,
  twoFactorEnabled: user.twoFactorEnabled,
  skillLevel: user.skillLevel,
  operatingSystem: user.operatingSystem,
};
