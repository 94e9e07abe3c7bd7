// Stands in the bundle for the ASN.1 and X.509 libraries that @simplewebauthn/server needs to check attestations by
// certificate (wrangler.toml, [alias]): none is asked for, and they are three quarters of what it weighs. What is left of
// them is the form of an ECDSA signature, which authenticators send in DER. Anything else they are asked for is refused.

/** The SEQUENCE of two INTEGERs that an ECDSA signature is (RFC 3279, 2.2.3). */
export const ECDSASigValue = "Ecdsa-Sig-Value";

const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** Content of the one element of this type at `at`, with a definite length in its shortest form (X.690, 10.1). */
function element(bytes: Uint8Array, at: number, type: number): Uint8Array {
  const short = bytes[at + 1] ?? 0;
  const long = short === 0x81 ? bytes[at + 2] : undefined;
  if (bytes[at] !== type || (short > 0x7f && (long === undefined || long < 0x80))) throw new Error("not DER");
  const from = at + (long === undefined ? 2 : 3);
  const content = bytes.subarray(from, from + (long ?? short));
  if (content.byteLength !== (long ?? short)) throw new Error("not DER");
  return content;
}

/** What stands for the library's parser. */
// biome-ignore lint/complexity/noStaticOnlyClass: the library is used so
export class AsnParser {
  static parse(data: Uint8Array | ArrayBuffer, as: unknown): { r: ArrayBuffer; s: ArrayBuffer } {
    if (as !== ECDSASigValue) throw new Error("No certificates are checked here.");
    const bytes = new Uint8Array(data);
    const inside = element(bytes, 0, SEQUENCE);
    if (inside.byteOffset + inside.byteLength !== bytes.byteOffset + bytes.byteLength) throw new Error("not DER");
    const r = element(inside, 0, INTEGER);
    const s = element(inside, r.byteOffset + r.byteLength - inside.byteOffset, INTEGER);
    if (s.byteOffset + s.byteLength !== inside.byteOffset + inside.byteLength) throw new Error("not DER");
    return { r: r.slice().buffer, s: s.slice().buffer };
  }
}

/** Whatever else is imported by name. */
class NotHere {
  constructor() {
    throw new Error("No certificates are checked here.");
  }
}

export {
  NotHere as AuthorityKeyIdentifierExtension,
  NotHere as BasicConstraints,
  NotHere as Certificate,
  NotHere as CRLDistributionPointsExtension,
  NotHere as ECParameters,
  NotHere as ExtendedKeyUsage,
  NotHere as KeyDescription,
  NotHere as OctetString,
  NotHere as RSAPublicKey,
  NotHere as SubjectAlternativeName,
  NotHere as SubjectKeyIdentifierExtension,
  NotHere as X509Certificate,
  NotHere as X509ChainBuilder,
  NotHere as X509Crl,
};

/** Object identifiers that no certificate is compared with. */
const NONE = "none";

export {
  NONE as id_ce_basicConstraints,
  NONE as id_ce_extKeyUsage,
  NONE as id_ce_keyDescription,
  NONE as id_ce_subjectAltName,
  NONE as id_ecdsaWithSHA256,
  NONE as id_ecdsaWithSHA384,
  NONE as id_ecdsaWithSHA512,
  NONE as id_ecPublicKey,
  NONE as id_ml_dsa_44,
  NONE as id_ml_dsa_65,
  NONE as id_ml_dsa_87,
  NONE as id_rsaEncryption,
  NONE as id_secp256r1,
  NONE as id_secp384r1,
  NONE as id_sha1WithRSAEncryption,
  NONE as id_sha256WithRSAEncryption,
  NONE as id_sha384WithRSAEncryption,
  NONE as id_sha512WithRSAEncryption,
};
