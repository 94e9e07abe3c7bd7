// Every text of the widget, in English. Another language is another file of the same types: a missing text does not
// compile. Two objects, because the loader is downloaded by every reader and must not carry the widget's texts.

/** What the loader itself shows. */
export const loaderTexts = {
  signIn: "Sign in",
  invitationTitle: "Recommended for you",
  invitation: "Answer a few optional questions, and the pages that fit you come first, each with the reason.",
  invitationAction: "Get recommendations",
  loadFailed: "This could not be loaded. Try again in a moment.",
};
export type LoaderTexts = typeof loaderTexts;

/** What the widget shows once it is loaded. */
export const widgetTexts = {
  account: "Account",
  signedInAs: "Signed in as",
  yourAnswers: "Your answers",
  signOut: "Sign out",
  accountUnreachable: "Your account cannot be reached right now. The page is not affected.",
  signOutFailed: "You are still signed in: signing out did not work. Try again in a moment.",
  tryAgain: "Try again",
  close: "Close",
  saidSignedIn: "You are signed in.",
  saidSignedOut: "You are signed out.",
  saidSaved: "Your answers are saved.",

  recommended: "Recommended for you",
  loadingRecommendations: "Looking for pages that fit you…",
  noRecommendations: "There is nothing to recommend yet.",
  recommendationsFailed: "Recommendations are not available right now. The page is not affected.",
  recommendationsUpdated: (count: number) =>
    count === 1 ? "One page is recommended." : `${count} pages are recommended.`,
  reasons: "Why this page",
  readFirst: "Read first:",
  minutes: (count: number) => `${count} min`,
  levels: { beginner: "Beginner", intermediate: "Intermediate", advanced: "Advanced", expert: "Expert" },
  changeAnswers: "Change your answers",
  answerQuestions: "Answer a few questions",
};
export type WidgetTexts = typeof widgetTexts;

/** What the dialog shows: signing in and up, and the questionnaire. */
export const dialogTexts = {
  close: "Close",
  signInTitle: "Sign in",
  signInAction: "Sign in",
  signUpTitle: "Create an account",
  signUpAction: "Create account",
  signUpWhy: "It keeps your answers and brings your recommendations to every device. Nothing else is required.",
  newHere: "New here?",
  haveAccount: "Already have an account?",
  email: "E-mail address",
  password: "Password",
  passwordHint: (least: number) => `At least ${least} characters.`,
  showPassword: "Show password",
  working: "One moment…",

  emailMissing: "Enter your e-mail address.",
  emailInvalid: "Enter an address like name@example.com.",
  passwordMissing: "Enter your password.",
  passwordTooShort: (least: number) => `Use at least ${least} characters.`,
  passwordTooLong: (most: number) => `Use at most ${most} characters.`,
  wrongCredentials: "The e-mail address or the password is not right.",
  emailTaken: "There is already an account with this address. Sign in instead, or use another address.",
  notAllowed: "This account cannot be used. Ask the people who run this site.",
  tooMany: "That was too often. Wait a minute and try again.",
  unreachable: "We cannot reach the server right now. Nothing you typed is lost: try again in a moment.",
  cookieLost: "You were signed in, but this browser did not keep it. Allow cookies for this site and try again.",
  refused: "That did not work. Check what you entered and try again.",
  sessionEnded: "Your session has ended. Sign in again: your answers are still here.",

  questionsTitle: "Tell us where you stand",
  questionsIntro: "Every question is optional. You can change your answers at any time.",
  questionsLoading: "Loading the questions…",
  questionsFailed: "The questions could not be loaded.",
  noQuestions: "This site asks nothing.",
  noAnswer: "No answer",
  save: "Save answers",
  skipAll: "Skip all",
  cancel: "Cancel",
  tryAgain: "Try again",
};
export type DialogTexts = typeof dialogTexts;
