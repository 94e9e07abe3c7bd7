// Every text of the widget, in English. Another language is another file of the same types: a missing text does not
// compile. Several objects, because the loader is downloaded by every reader and must not carry the widget's texts.
// Values from elsewhere (names, titles) are arguments, never glued to a text: other languages put them elsewhere.

/** What the loader itself shows. */
export const loaderTexts = {
  signIn: "Sign in",
  invitationTitle: "Recommended for you",
  invitation: "Answer a few optional questions, and the pages that fit you come first, each with the reason.",
  invitationAction: "Get recommendations",
  loadFailed: "This could not be loaded. Try again in a moment.",
  remember: "Remember my reading on this device",
  thisPage: "This page",
  save: "Save this page",
  howWasIt: "How was this page?",
  verdicts: { "too-easy": "Too easy", "too-hard": "Too hard", "not-for-me": "Not for me" },
};
export type LoaderTexts = typeof loaderTexts;

/** Levels as readers know them. */
export const levelTexts = {
  beginner: "Beginner",
  intermediate: "Intermediate",
  advanced: "Advanced",
  expert: "Expert",
};
export type LevelTexts = typeof levelTexts;

/** The switch of a page some of whose passages are for others. */
export const passageTexts = {
  title: "What is shown",
  shownFor: (names: string) => `Shown for ${names}`,
  everything: "Everything is shown",
  showAll: "Show all",
  onlyFor: (names: string) => `Only for ${names}`,
};
export type PassageTexts = typeof passageTexts;

/** What the widget shows once it is loaded. */
export const widgetTexts = {
  account: "Account",
  signedInAs: "Signed in as",
  yourAnswers: "Your answers",
  yourAccount: "Your account",
  signOut: "Sign out",
  accountUnreachable: "Your account cannot be reached right now. The page is not affected.",
  tryAgain: "Try again",
  close: "Close",
  saidSignedIn: "You are signed in.",
  saidSignedOut: "You are signed out.",
  saidSaved: "Your answers are saved.",
  saidForgotten: "Nothing is kept on this device any more.",

  guest: "Guest",
  guestWhere: "You are not signed in. What you do here stays on this device.",
  guestSignIn: "Sign in",
  guestSignUp: "Create an account",
  rememberReading: "Remember what I read",
  forget: "Remove it all from this device",
  forgetAsk: "Really remove your answers, saved pages and reading?",
  forgetYes: "Remove",
  forgetNo: "Keep",
  savedPages: "Saved pages",

  recommended: "Recommended for you",
  loadingRecommendations: "Looking for pages that fit you…",
  noRecommendations: "There is nothing to recommend yet.",
  recommendationsFailed: "Recommendations are not available right now. The page is not affected.",
  recommendationsUpdated: (count: number) =>
    count === 1 ? "One page is recommended." : `${count} pages are recommended.`,
  reasons: "Why this page",
  readFirst: "Read first:",
  /** Between two links in a row. */
  comma: ", ",
  minutes: (count: number) => `${count} min`,
  changeAnswers: "Change your answers",
  answerQuestions: "Answer a few questions",

  continueWith: "Continue where you stopped:",
  remembersHere: "What you read is remembered on this device.",
  percentRead: (percent: number) => `${Math.round(percent)} % read`,
  remove: "Remove",
  removeSaved: (title: string) => `Remove “${title}” from the saved pages`,
  saved: "Saved",
  keptHere: "Kept on this device, as is what you read from now on.",
  notKept: "This could not be kept. Try again in a moment.",
  noted: {
    "too-easy": "Noted: too easy. Harder pages move up.",
    "too-hard": "Noted: too hard. Easier pages move up.",
    "not-for-me": "Noted. This page is not recommended any more.",
  },
  undo: "Undo",
  takenBack: "Taken back.",
  markRead: "read",
  markBegun: (percent: number) => `${Math.round(percent)} % read`,
  markSaved: "saved",
  markCount: (read: number, all: number) => `${read} of ${all} read`,
  markCountShown: (read: number, all: number) => `${read}/${all}`,
};
export type WidgetTexts = typeof widgetTexts;
