import { randomBytes } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type Extension,
  type Name,
} from "./x509";
import { UNKNOWN, type Value, type Values } from "../../provider";
import type { FrameworkResource } from "../bridge/framework-resource";
import { atLeast, filledIn, flag, integer, oneOf, output, replaces, text, type Schema } from "../bridge/schema";
import { ALLOWED_USES, keyUsageExtensions } from "./key-usage";
import type { SigningKey } from "./signing-key";

/** What both kinds of certificate have in common. */
export const certificateSchema: Schema = {
  allowedUses: {
    type: "list",
    required: true,
    ...replaces,
    element: { ...text, rule: oneOf(...ALLOWED_USES) },
  },
  earlyRenewalHours: { type: "integer", computed: true, default: 0, rule: atLeast(0) },
  isCaCertificate: filledIn("boolean", false),
  maxPathLength: { ...filledIn("integer"), rule: atLeast(-1) },
  setSubjectKeyId: filledIn("boolean", false),
  validityPeriodHours: { ...integer, required: true, ...replaces, rule: atLeast(0) },
  readyForRenewal: { ...flag, computed: true, outputOnly: true },
  ...{ certPem: output, id: output, validityEndTime: output, validityStartTime: output },
};

/** What a certificate is to say, beyond the inputs in `certificateSchema`. */
export interface Certificate {
  subject: Name;
  issuer: Name;
  /** SubjectPublicKeyInfo in DER. */
  publicKey: Buffer;
  /** Hex; undefined leaves the extension out. */
  subjectKeyId: string | undefined;
  authorityKeyId: string | undefined;
  alternativeNames: Extension | undefined;
  signer: SigningKey;
}

const HOUR_MS = 3_600_000;

/** What makes a certificate ask to be replaced once its early renewal begins. */
export const renewal = {
  modifyPlan(planned, prior) {
    const [period, early] = [planned.validityPeriodHours, planned.earlyRenewalHours];
    planned.readyForRenewal =
      typeof period === "number" && (period === 0 || (typeof early === "number" && early >= period));
    if (prior !== undefined && renewalHasBegun(planned)) planned.readyForRenewal = UNKNOWN;
  },
  replaces: (name, _prior, planned) => (name === "readyForRenewal" && planned === UNKNOWN ? true : undefined),
  refreshed: (outputs) => (renewalHasBegun(outputs) ? { ...outputs, readyForRenewal: true } : outputs),
} satisfies Partial<FrameworkResource>;

function renewalHasBegun(certificate: Values): boolean {
  const { validityEndTime, earlyRenewalHours } = certificate;
  if (typeof validityEndTime !== "string" || typeof earlyRenewalHours !== "number") return false;
  return Date.parse(validityEndTime) - earlyRenewalHours * HOUR_MS <= Date.now();
}

/** Signs a certificate and gives the outputs that come of it. */
export async function issue(planned: Values, certificate: Certificate): Promise<Values> {
  const { subject, issuer, publicKey, signer } = certificate;
  const serialNumber = randomBytes(16).toString("hex");
  const notBefore = new Date();
  const notAfter = new Date(notBefore.getTime() + (planned.validityPeriodHours as number) * HOUR_MS);
  const signed = await X509CertificateGenerator.create({
    serialNumber,
    subject,
    issuer,
    publicKey,
    notBefore,
    notAfter,
    signingKey: signer.keys.privateKey,
    signingAlgorithm: signer.signing,
    extensions: extensionsOf(planned, certificate),
  });
  return {
    certPem: `${signed.toString("pem")}\n`,
    id: BigInt(`0x${serialNumber}`).toString(),
    validityStartTime: notBefore.toISOString(),
    validityEndTime: notAfter.toISOString(),
    maxPathLength: typeof planned.maxPathLength === "number" ? planned.maxPathLength : null,
  };
}

function extensionsOf(planned: Values, certificate: Certificate): Extension[] {
  const isCa = planned.isCaCertificate === true;
  const { subjectKeyId, authorityKeyId, alternativeNames } = certificate;
  return [
    ...keyUsageExtensions(planned.allowedUses as string[]),
    new BasicConstraintsExtension(isCa, isCa ? pathLength(planned.maxPathLength) : undefined, true),
    ...(subjectKeyId === undefined ? [] : [new SubjectKeyIdentifierExtension(subjectKeyId)]),
    ...(authorityKeyId === undefined ? [] : [new AuthorityKeyIdentifierExtension(authorityKeyId)]),
    ...(alternativeNames === undefined ? [] : [alternativeNames]),
  ];
}

/** The real provider cannot write a path length of 0: Go's x509 takes it for "no limit". */
function pathLength(value: Value | undefined): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}

/** A certificate authority gets a subject key identifier in any case. */
export function wantsSubjectKeyId(planned: Values): boolean {
  return planned.isCaCertificate === true || planned.setSubjectKeyId === true;
}
