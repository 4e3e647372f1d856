import { frameworkResource } from "../bridge/framework-resource";
import { filledIn, output } from "../bridge/schema";
import { certificateSchema, issue, renewal, wantsSubjectKeyId } from "./certificate";
import { alternativeNameInputs, alternativeNames, distinguishedName, subject } from "./names";
import { derOf, keyInput, readSigningKey, subjectKeyId } from "./signing-key";

/** `tls:index/selfSignedCert:SelfSignedCert`. */
export const selfSignedCert = frameworkResource({
  ...renewal,
  packageName: "tls",
  schema: {
    ...certificateSchema,
    ...alternativeNameInputs,
    keyAlgorithm: output,
    ...keyInput("privateKeyPem"),
    setAuthorityKeyId: filledIn("boolean", false),
    subject,
  },
  secretOutputs: ["privateKeyPem"],
  secretInputs: ["privateKeyPem"],

  async make(planned) {
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
  },
});
