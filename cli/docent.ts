#!/usr/bin/env node
// `docent`: what an owner does from a terminal. Names the commands; what each does is in a file of its own.
// In the checkout `npm run docent -- …`; packed, the bin of the package.
import { Command } from "commander";
import { makeAdmin } from "./admin.ts";
import { connect } from "./connection.ts";
import { type OidcOptions, printProvider } from "./oidc.ts";
import { loadConfig, privacyOf } from "./privacy.ts";
import { Refusal } from "./refusal.ts";

const program = new Command("docent")
  .description("Sign-in and personalization for a documentation site: what its owner does from a terminal.")
  .showHelpAfterError("(docent --help shows what there is)");

program
  .command("admin")
  .description("make the reader with this address the first administrator")
  .argument("<email>", "the address they signed up with, and have proved")
  .option("--another", "also where there is an administrator already", false)
  .option("--local", "in the database of `npm start`", false)
  .action(async (email: string, { another, local }: { another: boolean; local: boolean }) => {
    console.log(await makeAdmin(connect(process.cwd(), { local }), email, another));
  });

program
  .command("oidc")
  .description("print what docent.config.ts needs to know of an OpenID Connect provider")
  .argument("<issuer>", "its issuer, like https://accounts.example.com")
  .option("--id <id>", "names it in addresses and secrets; never change it later", "oidc")
  .option("--name <name>", "what the button says", "OpenID")
  .option("--client-id <id>", "what the provider calls this deployment", "YOUR-CLIENT-ID")
  .action(async (issuer: string, options: OidcOptions) => {
    console.log(await printProvider(issuer, options));
  });

program
  .command("privacy")
  .description("print what is stored about readers, what for, how long and by whom, from docent.config.ts")
  .action(async () => {
    process.stdout.write(privacyOf(await loadConfig(process.cwd())));
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
