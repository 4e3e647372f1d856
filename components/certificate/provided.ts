import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { isIP } from "node:net";
import { sentence } from "../validation";

/** The texts of a certificate that was made elsewhere. */
export interface ProvidedTexts {
  /** PEM: the server's certificate first. */
  chain: string;
  /** PEM. */
  privateKey: string;
}

/**
 * Looks for everything that would keep browsers or nginx from taking a certificate.
 * @param names under which the server is opened; the first one must be covered.
 * @param now milliseconds since 1970.
 * @returns a line for each problem, as field, what was found, rule and fix; none of the key's text.
 */
export function providedProblems({ chain, privateKey }: ProvidedTexts, names: string[], now: number): string[] {
  const certificates = parseChain(chain);
  const key = parseKey(privateKey);
  if (typeof certificates === "string" || typeof key === "string")
    return [certificates, key].filter((one) => typeof one === "string");
  const [server] = certificates as [X509Certificate];
  return [
    ...keyProblems(server, key),
    ...timeProblems(certificates, now),
    ...nameProblems(server, names[0] ?? ""),
  ].concat(orderProblems(certificates));
}

function parseChain(chain: string): X509Certificate[] | string {
  const blocks = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    if (blocks.length > 0) return blocks.map((block) => new X509Certificate(block));
  } catch {
    // told below
  }
  return `chain: ${sentence("must be certificates in PEM", "give the text of the .crt or .pem file, server certificate first")}`;
}

function parseKey(privateKey: string): KeyObject | string {
  try {
    return createPrivateKey(privateKey);
  } catch {
    return `privateKey: ${sentence("must be an unencrypted private key in PEM", "give the text of the .key file; `openssl pkey -in FILE` takes a passphrase off")}`;
  }
}

function keyProblems(server: X509Certificate, key: KeyObject): string[] {
  if (server.checkPrivateKey(key)) return [];
  return [
    `privateKey: ${sentence(`is not the key of ${named(server)}`, "give the key that the certificate was requested with")}`,
  ];
}

function timeProblems(certificates: X509Certificate[], now: number): string[] {
  return certificates.flatMap((one) => {
    if (now > Date.parse(one.validTo))
      return [`chain: ${sentence(`${named(one)} has expired on ${day(one.validTo)}`, "give a renewed one")}`];
    if (now < Date.parse(one.validFrom))
      return [
        `chain: ${sentence(`${named(one)} is not valid before ${day(one.validFrom)}`, "wait, or mend this machine's clock")}`,
      ];
    return [];
  });
}

function nameProblems(server: X509Certificate, name: string): string[] {
  const covers = isIP(name) ? server.checkIP(name) : server.checkHost(name, { subject: "never" });
  if (covers !== undefined) return [];
  const found = server.subjectAltName ?? "no subjectAltName";
  return [
    `chain: ${sentence(`${named(server)} does not cover ${name} (it has ${found})`, "change the domain or the certificate")}`,
  ];
}

function orderProblems(certificates: X509Certificate[]): string[] {
  return certificates.slice(1).flatMap((issuer, i) => {
    const one = certificates[i] as X509Certificate;
    if (one.checkIssued(issuer)) return [];
    return [
      `chain: ${sentence(`${named(one)} is not signed by the next one, ${named(issuer)}`, "order the chain from the server to the authority")}`,
    ];
  });
}

/** The common name, else all of the subject. */
const named = ({ subject }: X509Certificate): string =>
  `"${/^CN=(.*)$/m.exec(subject)?.[1] ?? subject.replaceAll("\n", ", ")}"`;

const day = (text: string): string => new Date(text).toISOString().slice(0, 10);

/** When the first certificate of a chain ends, as ISO 8601. */
export const endOf = (chain: string): string => new Date(new X509Certificate(chain).validTo).toISOString();
