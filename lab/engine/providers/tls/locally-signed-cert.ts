import { createPublicKey } from "node:crypto";
import {
  BasicConstraintsExtension,
  Extension,
  Pkcs10CertificateRequest,
  SubjectKeyIdentifierExtension,
  X509Certificate,
} from "./x509";
import { frameworkResource } from "../bridge/framework-resource";
import { output, replaces, text } from "../bridge/schema";
import { certificateSchema, issue, renewal, wantsSubjectKeyId } from "./certificate";
import { derOf, keyInput, readSigningKey, subjectKeyId } from "./signing-key";

const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";

const pem = { ...text, required: true, ...replaces };

/** `tls:index/locallySignedCert:LocallySignedCert`. */
export const locallySignedCert = frameworkResource({
  ...renewal,
  packageName: "tls",
  schema: {
    ...certificateSchema,
    caCertPem: pem,
    caKeyAlgorithm: output,
    ...keyInput("caPrivateKeyPem"),
    certRequestPem: pem,
  },
  secretOutputs: ["caPrivateKeyPem"],
  secretInputs: ["caPrivateKeyPem"],

  async make(planned, log) {
    const signer = await readSigningKey(planned.caPrivateKeyPem as string, "caPrivateKeyPem");
    const ca = parse("caCertPem", () => new X509Certificate(planned.caCertPem as string));
    const request = parse("certRequestPem", () => new Pkcs10CertificateRequest(planned.certRequestPem as string));
    if (!Buffer.from(ca.publicKey.rawData).equals(derOf(signer.publicKey))) {
      throw new Error("caPrivateKeyPem is not the key of caCertPem: their public keys differ");
    }
    if (ca.getExtension(BasicConstraintsExtension)?.ca !== true) {
      log.warn("caCertPem is not a certificate authority's: what it signs may fail validation");
    }
    const publicKey = Buffer.from(request.publicKey.rawData);
    const sameName = ca.subjectName.toString() === request.subjectName.toString();
    const names = request.getExtension(SUBJECT_ALTERNATIVE_NAME);
    const nameless = request.subjectName.toJSON().length === 0;
    const outputs = await issue(planned, {
      subject: request.subjectName,
      issuer: ca.subjectName,
      publicKey,
      subjectKeyId: wantsSubjectKeyId(planned)
        ? subjectKeyId(createPublicKey({ key: publicKey, type: "spki", format: "der" }))
        : undefined,
      authorityKeyId: sameName ? undefined : (ca.getExtension(SubjectKeyIdentifierExtension)?.keyId ?? undefined),
      alternativeNames: names === null ? undefined : new Extension(SUBJECT_ALTERNATIVE_NAME, nameless, names.value),
      signer,
    });
    return { ...outputs, caKeyAlgorithm: signer.algorithm };
  },
});

function parse<T>(property: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${property} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
