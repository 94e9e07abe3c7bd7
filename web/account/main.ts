// The module of the page `/account`. Everything the page shows is drawn by it; the asset itself holds no text but that
// it needs JavaScript.
import accountCss from "../styles/account.css";
import { styleSheet } from "../styles/style-sheet.ts";
import tokensCss from "../styles/tokens.css";
import { AccountPage } from "./account-page.ts";
import { chosenLanguage } from "./languages.ts";
import { MailLinkView } from "./mail-link-view.ts";
import { SecondFactorForm } from "./second-factor-form.ts";
import { SendMailForm } from "./send-mail-form.ts";
import { SignInForm } from "./sign-in-form.ts";
import { SignInView } from "./sign-in-view.ts";
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
customElements.define("account-send-mail-form", SendMailForm);
customElements.define("account-second-factor-form", SecondFactorForm);
customElements.define("account-sign-in-view", SignInView);
customElements.define("account-mail-link-view", MailLinkView);
customElements.define("account-page", AccountPage);
document.body.replaceChildren(new AccountPage());
