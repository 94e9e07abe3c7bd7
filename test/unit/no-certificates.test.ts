// What stands for the ASN.1 library in the bundle reads a signature as an authenticator writes it, or not at all.

import { describe, expect, it } from "vitest";
import * as ours from "../../src/auth/passkeys/no-certificates.ts";
import { derSignature } from "../harness/authenticator.ts";

const hex = (bytes: ArrayBuffer) =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytesOf = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const read = (bytes: Uint8Array) => {
  const { r, s } = ours.AsnParser.parse(bytes, ours.ECDSASigValue);
  return [hex(r), hex(s)];
};

/** P-256 to P-521: the last needs a long length. */
const CURVES = ["P-256", "P-384", "P-521"] as const;

describe("an ECDSA signature", () => {
  it.each(CURVES)("of %s is read as it was written", async (namedCurve) => {
    const algorithm = { name: "ECDSA", namedCurve };
    const { privateKey } = (await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"])) as CryptoKeyPair;
    for (let round = 0; round < 40; round += 1) {
      const raw = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, new Uint8Array([round]));
      const der = derSignature(raw);
      const half = raw.byteLength / 2;
      const [r = "", s = ""] = read(der);
      // Without the zeros in front; with one before a first bit that is set, or the number would be negative.
      for (const [number, written] of [
        [raw.slice(0, half), r],
        [raw.slice(half), s],
      ] as const) {
        const digits = hex(number).replace(/^(00)+/, "");
        expect(written).toBe(Number.parseInt(digits.slice(0, 2), 16) > 127 ? `00${digits}` : digits);
      }
    }
  });

  it.each([
    ["nothing", ""],
    ["no sequence", "3106020101020101"],
    ["a number that is none", "3006040101020101"],
    ["one number", "3003020101"],
    ["three numbers", "3009020101020101020101"],
    ["more behind it", "300602010102010100"],
    ["less than it says", "3007020101020101"],
    ["an indefinite length", "30800201010201010000"],
    ["a length that could be shorter", "308106020101020101"],
    ["a length of three bytes", "3083000006020101020101"],
  ])("that is %s is refused", (_, text) => {
    expect(() => read(bytesOf(text))).toThrow();
  });
});

it("is the only thing that is read: no certificate", () => {
  expect(() => ours.AsnParser.parse(bytesOf("3006020101020101"), ours.Certificate)).toThrow("No certificates");
  expect(() => new ours.X509Certificate()).toThrow("No certificates");
});
