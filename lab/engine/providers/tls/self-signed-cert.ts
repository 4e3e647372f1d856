import type { Values } from "../../provider";
import type { Schema } from "../bridge/schema";
import { CertificateResource, certificateSchema, issue, wantsSubjectKeyId } from "./certificate";
import { alternativeNameInputs, alternativeNames, distinguishedName, subject } from "./names";
import { derOf, readSigningKey, subjectKeyId } from "./signing-key";

const schema: Schema = {
  ...certificateSchema,
  ...alternativeNameInputs,
  keyAlgorithm: { type: "string", computed: true, outputOnly: true },
  privateKeyPem: { type: "string", required: true, forceNew: true },
  setAuthorityKeyId: { type: "boolean", computed: true, default: false, forceNew: true },
  subject,
};

/** `tls:index/selfSignedCert:SelfSignedCert`. */
export class SelfSignedCert extends CertificateResource {
  readonly secretOutputs = ["privateKeyPem"];
  override readonly secretInputs = ["privateKeyPem"];
  protected readonly schema = schema;

  protected override async make(planned: Values): Promise<Values> {
    const signer = await readSigningKey(planned.privateKeyPem as string, "privateKeyPem");
    const name = distinguishedName(planned.subject);
    const nameless = name.toJSON().length === 0;
    if (planned.isCaCertificate === true && nameless) {
      throw new Error("subject is empty: a certificate authority needs at least one name in it, such as commonName");
    }
    const keyId = wantsSubjectKeyId(planned) ? subjectKeyId(signer.publicKey) : undefined;
    if (planned.setAuthorityKeyId === true && keyId === undefined) {
      throw new Error(
        "setAuthorityKeyId needs a subject key identifier: set setSubjectKeyId or isCaCertificate as well",
      );
    }
    const outputs = await issue(planned, {
      subject: name,
      issuer: name,
      publicKey: derOf(signer.publicKey),
      subjectKeyId: keyId,
      authorityKeyId: planned.setAuthorityKeyId === true ? keyId : undefined,
      alternativeNames: alternativeNames(planned, nameless),
      signer,
    });
    return { ...outputs, keyAlgorithm: signer.algorithm };
  }
}
