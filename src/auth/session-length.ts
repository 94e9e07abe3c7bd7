// How long a session lasts from the sign-in, whatever happens in between.

/** Seconds of a session. */
export const SESSION_SECONDS = 30 * 24 * 60 * 60;
/** Seconds when the reader asked not to be remembered. */
export const SHORT_SESSION_SECONDS = 24 * 60 * 60;
/** Characters of a session token, as Better Auth makes them. */
export const TOKEN_LENGTH = 32;
