// The part of the page for a reader who is signed in: its sections. Loaded once they are.
import { ActivityView } from "./activity-view.ts";
import { DeleteForm, ExportForm, YourDataView } from "./data-view.ts";
import { PasskeysSection } from "./passkeys-section.ts";
import { PasswordForm } from "./password-form.ts";
import { AddressForm, ProfileForm, ProfileView, VerifyAddressForm } from "./profile-view.ts";
import { SecondFactorSection } from "./second-factor-section.ts";
import { SecurityView } from "./security-view.ts";
import { SessionsView } from "./sessions-view.ts";
import { StepUpDialog } from "./step-up-dialog.ts";

customElements.define("account-step-up", StepUpDialog);
customElements.define("account-profile-form", ProfileForm);
customElements.define("account-address-form", AddressForm);
customElements.define("account-verify-address-form", VerifyAddressForm);
customElements.define("account-profile-view", ProfileView);
customElements.define("account-password-form", PasswordForm);
customElements.define("account-passkeys-section", PasskeysSection);
customElements.define("account-second-factor-section", SecondFactorSection);
customElements.define("account-security-view", SecurityView);
customElements.define("account-sessions-view", SessionsView);
customElements.define("account-activity-view", ActivityView);
customElements.define("account-export-form", ExportForm);
customElements.define("account-delete-form", DeleteForm);
customElements.define("account-data-view", YourDataView);
