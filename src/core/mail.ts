// What the Worker may write to a reader. The auth, admin and maintenance rooms name a mail and to whom; the mail room
// knows its words. Types only.

/** Mails whose link opens a page of the Worker, which consumes nothing until a button is pressed. */
export type LinkMail = {
  kind:
    | "verify-address"
    | "magic-link"
    /** A link that makes an account, to an address that has none. */
    | "magic-link-sign-up"
    | "reset-password"
    /** To the address that an account has, and to the one it is to have. */
    | "confirm-change"
    | "confirm-address";
  url: string;
  /** How long it is good. */
  minutes: number;
  /** The other address of a change. */
  address?: string;
};

/** Something about an account has changed: the first its reader may hear of a theft. */
export type Notice =
  | {
      kind:
        | "password-changed"
        | "password-set"
        | "password-reset"
        | "second-factor-enabled"
        | "second-factor-disabled"
        | "backup-codes-made"
        | "backup-code-used"
        | "passkey-added"
        | "passkey-removed"
        /** The address was proved; what nobody had proved was removed. */
        | "address-verified";
    }
  /** `method`: as a person calls it, like `GitHub`. */
  | { kind: "method-linked" | "method-unlinked"; method: string }
  /** To both addresses. */
  | { kind: "address-changed"; address: string };

export type Mail =
  | LinkMail
  | Notice
  /** Somebody wanted to sign up with an address, or to move an account to it, that has one. */
  | { kind: "account-exists" }
  /** A code that proves who is there: for whoever has neither password nor passkey. */
  | { kind: "proof-code"; code: string; minutes: number }
  /** The receipt of a deletion. */
  | { kind: "account-deleted" }
  /** Nobody has used the account for long. `at`: when it is deleted, in milliseconds since the epoch. */
  | { kind: "inactive"; at: number };
export type MailKind = Mail["kind"];

export interface Recipient {
  email: string;
  /** The reader's language as it is stored, or as their browser says it; English where it is none of ours. */
  locale: string | null;
  /** The docs site in whose name it is written; the first of the configuration where nobody says. */
  siteName?: string;
}

/** Sends after the response. Nobody is told whether it worked: that would reveal which addresses exist. */
export type SendMail = (to: Recipient, mail: Mail) => void;

/** The same to a reader of whom only the id is at hand: one look at Postgres, after the response. */
export type Notify = (userId: string, notice: Notice) => void;
