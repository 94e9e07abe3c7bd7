// What the mails say. Plain text; the page of the Worker that a mail speaks of is where its reader acts.

export interface Message {
  subject: string;
  text: string;
}

/** To the reader whenever their password has changed: the first they may hear of a stolen account. */
export function passwordChanged(siteName: string): Message {
  return {
    subject: `Your password for ${siteName} was changed`,
    text: [
      `The password of your account for ${siteName} has just been changed.`,
      "If that was you, there is nothing to do.",
      "If it was not, somebody else knows your password: tell the owner of the documentation at once.",
    ].join("\n\n"),
  };
}
