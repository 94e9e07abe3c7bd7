// Backup codes: ten, each good once, for whoever has lost their phone. Each has 80 random bits, so one fast hash keeps
// them: nobody tries 2^80 (a password needs a slow one because people choose it).

const CODES = 10;
/** Letters and digits that nobody mistakes for each other, 32 of them: five bits each. */
const ALPHABET = "abcdefghjkmnpqrstuvwxyz123456789";
const CHARACTERS = 16;

function newCode(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(CHARACTERS));
  const text = Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("");
  return text.replaceAll(/.{4}(?=.)/g, "$&-");
}

/** As it is shown once: `abcd-efgh-jkmn-pqrs`. */
export const newBackupCodes = (): string[] => Array.from({ length: CODES }, newCode);

/** What is stored in a code's place. However it is typed: capitals, spaces and hyphens make no difference. */
export async function backupCodeHash(code: string): Promise<string> {
  const plain = code.toLowerCase().replaceAll(/[\s-]/g, "");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`backup-code\n${plain}`));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
