// The module of the page `/account`. Everything the page shows is drawn by it; the asset itself holds no text but that
// it needs JavaScript.
import accountCss from "../styles/account.css";
import { styleSheet } from "../styles/style-sheet.ts";
import tokensCss from "../styles/tokens.css";
import { AccountPage } from "./account-page.ts";
import { YourDataView } from "./data-view.ts";
import { chosenLanguage } from "./languages.ts";
import { ProfileForm, ProfileView } from "./profile-view.ts";
import { PasswordForm, SecurityView } from "./security-view.ts";
import { SessionsView } from "./sessions-view.ts";
import { SignInForm } from "./sign-in-form.ts";
import { useTexts } from "./texts/current.ts";

document.adoptedStyleSheets = [styleSheet(tokensCss.replace(":host", ":root") + accountCss)];
// Without the translation the page is English.
if (chosenLanguage() === "ur") {
  await import("./texts/ur.ts").then(
    ({ locale }) => useTexts(locale),
    () => undefined,
  );
}

customElements.define("account-sign-in-form", SignInForm);
customElements.define("account-profile-form", ProfileForm);
customElements.define("account-profile-view", ProfileView);
customElements.define("account-password-form", PasswordForm);
customElements.define("account-security-view", SecurityView);
customElements.define("account-sessions-view", SessionsView);
customElements.define("account-data-view", YourDataView);
customElements.define("account-page", AccountPage);
document.body.replaceChildren(new AccountPage());
