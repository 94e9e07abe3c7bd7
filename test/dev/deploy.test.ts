// A deployment's public configuration offers the ways in that have their secret, and `npm run deploy` finds out which.
import { describe, expect, test } from "vitest";
import { namesInFile, namesListed, secretsFileOf } from "../../dev/deploy.ts";
import { parseConfig } from "../../src/core/define-config.ts";
import { publicConfigOf } from "../../src/core/public-config.ts";
import { deployedSecrets } from "../../web/deployed-secrets.ts";

const acme = {
  name: "Acme",
  clientId: "docent",
  issuer: "https://acme.example",
  authorizationEndpoint: "https://acme.example/auth",
  tokenEndpoint: "https://acme.example/token",
  jwksUri: "https://acme.example/jwks",
};
const parsed = parseConfig({
  sites: [{ id: "docs", name: "Docs", origins: ["https://docs.example.com"] }],
  methods: {
    github: { clientId: "a" },
    google: { clientId: "b" },
    oidc: [
      { ...acme, id: "acme" },
      { ...acme, id: "other", name: "Other" },
    ],
  },
});

describe("the public configuration", () => {
  test.each<[string[], string[]]>([
    [[], []],
    [["GITHUB_CLIENT_SECRET"], ["github"]],
    [
      ["GOOGLE_CLIENT_SECRET", "OIDC_CLIENT_SECRETS"],
      ["google", "acme", "other"],
    ],
  ])("with the secrets %j offers %j, and no secret, address or client", (secrets, ids) => {
    if (!("config" in parsed)) throw new Error(JSON.stringify(parsed.mistakes));
    const { methods } = publicConfigOf(parsed.config, new Set(secrets));
    expect(methods.providers.map(({ id }) => id)).toEqual(ids);
    for (const provider of methods.providers) expect(Object.keys(provider).sort()).toEqual(["id", "name"]);
  });
});

describe("the names of the secrets", () => {
  test("are those that Cloudflare lists, and none where nothing is deployed yet", () => {
    expect(namesListed('[{"name":"AUTH_SECRET","type":"secret_text"}]')).toEqual(["AUTH_SECRET"]);
    for (const printed of ["", "✘ [ERROR] This Worker does not exist", "{}"])
      expect(namesListed(printed)).toBeUndefined();
  });

  test("are those of the file that comes with the deployment, in either form", () => {
    expect(namesInFile('{"GITHUB_CLIENT_SECRET":"x"}')).toEqual(["GITHUB_CLIENT_SECRET"]);
    expect(namesInFile('# a comment\nGITHUB_CLIENT_SECRET="x"\n')).toEqual(["GITHUB_CLIENT_SECRET"]);
    expect(secretsFileOf(["--secrets-file", "a.json"])).toBe("a.json");
    expect(secretsFileOf(["--secrets-file=b.env", "--dry-run"])).toBe("b.env");
    expect(secretsFileOf(["--dry-run"])).toBeUndefined();
  });

  test("are said to the build outright, or read from what it runs with", async () => {
    const said = await deployedSecrets({ DOCENT_SECRETS: "A, B", GITHUB_CLIENT_SECRET: "x" });
    expect([said.has("A"), said.has("B"), said.has("GITHUB_CLIENT_SECRET")]).toEqual([true, true, false]);
    expect((await deployedSecrets({ GITHUB_CLIENT_SECRET: "x" })).has("GITHUB_CLIENT_SECRET")).toBe(true);
    expect((await deployedSecrets({ GITHUB_CLIENT_SECRET: "" })).has("GITHUB_CLIENT_SECRET")).toBe(false);
  });
});
