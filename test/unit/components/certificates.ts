import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A certificate with its key, both in PEM. */
export interface Made {
  certificate: string;
  key: string;
  /** To sign others with. */
  issuer: { name: string; privateKey: webcrypto.CryptoKey };
}

/** What a certificate is to say. */
export interface Wanted {
  commonName: string;
  /** DNS names; none: no subjectAltName. */
  names?: string[];
  addresses?: string[];
  from?: string;
  until?: string;
  /** Itself by default. */
  by?: Made;
}

/** Makes a certificate for tests. */
export async function makeCertificate({
  commonName,
  names = [],
  addresses = [],
  from,
  until,
  by,
}: Wanted): Promise<Made> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const name = `CN=${commonName}`;
  const alternatives: x509.JsonGeneralNames = [
    ...names.map((value) => ({ type: "dns" as const, value })),
    ...addresses.map((value) => ({ type: "ip" as const, value })),
  ];
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: name,
      issuer: by?.issuer.name ?? name,
      notBefore: new Date(from ?? "2026-01-01"),
      notAfter: new Date(until ?? "2036-01-01"),
      publicKey: keys.publicKey,
      signingKey: by?.issuer.privateKey ?? keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: alternatives.length > 0 ? [new x509.SubjectAlternativeNameExtension(alternatives)] : [],
    },
    webcrypto,
  );
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  return { certificate: certificate.toString("pem"), key, issuer: { name, privateKey: keys.privateKey } };
}
