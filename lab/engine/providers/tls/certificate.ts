import { randomBytes } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  type Extension,
  type Name,
} from "./x509";
import type { Value, Values } from "../../provider";
import { UNKNOWN } from "../../provider";
import { FrameworkResource } from "../bridge/framework-resource";
import { atLeast, oneOf, type Property, type Schema } from "../bridge/schema";
import { ALLOWED_USES, keyUsageExtensions } from "./key-usage";
import type { SigningKey } from "./signing-key";

const flag: Property = { type: "boolean", computed: true, default: false, forceNew: true };
const output: Property = { type: "string", computed: true, outputOnly: true };

/** What both kinds of certificate have in common. */
export const certificateSchema: Schema = {
  allowedUses: {
    type: "list",
    required: true,
    forceNew: true,
    element: { type: "string", rule: oneOf(...ALLOWED_USES) },
  },
  earlyRenewalHours: { type: "integer", computed: true, default: 0, rule: atLeast(0) },
  isCaCertificate: flag,
  maxPathLength: { type: "integer", computed: true, forceNew: true, rule: atLeast(-1) },
  setSubjectKeyId: flag,
  validityPeriodHours: { type: "integer", required: true, forceNew: true, rule: atLeast(0) },
  certPem: output,
  id: output,
  readyForRenewal: { type: "boolean", computed: true, outputOnly: true },
  validityEndTime: output,
  validityStartTime: output,
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

/** A certificate that asks to be replaced once its early renewal begins. */
export abstract class CertificateResource extends FrameworkResource {
  protected readonly packageName = "tls";

  protected override modifyPlan(planned: Values, prior: Values | undefined): void {
    const { validityPeriodHours, earlyRenewalHours } = planned;
    planned.readyForRenewal =
      typeof validityPeriodHours === "number" &&
      (validityPeriodHours === 0 ||
        (typeof earlyRenewalHours === "number" && earlyRenewalHours >= validityPeriodHours));
    if (prior !== undefined && renewalHasBegun(planned)) planned.readyForRenewal = UNKNOWN;
  }

  protected override replaces(name: string, _prior: Value, value: Value): boolean | undefined {
    return name === "readyForRenewal" && value === UNKNOWN ? true : undefined;
  }

  protected override refreshed(outputs: Values): Values {
    return renewalHasBegun(outputs) ? { ...outputs, readyForRenewal: true } : outputs;
  }
}

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
