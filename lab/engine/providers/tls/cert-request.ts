import { frameworkResource } from "../bridge/framework-resource";
import { output } from "../bridge/schema";
import { alternativeNameInputs, alternativeNames, distinguishedName, subject } from "./names";
import { hashForId } from "./private-key";
import { keyInput, readSigningKey } from "./signing-key";
import { Pkcs10CertificateRequestGenerator } from "./x509";

/** `tls:index/certRequest:CertRequest`. */
export const certRequest = frameworkResource({
  packageName: "tls",
  schema: {
    ...alternativeNameInputs,
    ...keyInput("privateKeyPem"),
    subject,
    ...{ certRequestPem: output, id: output, keyAlgorithm: output },
  },
  secretOutputs: ["privateKeyPem"],
  secretInputs: ["privateKeyPem"],

  async make(planned) {
    const key = await readSigningKey(planned.privateKeyPem as string, "privateKeyPem");
    const names = alternativeNames(planned, false);
    const request = await Pkcs10CertificateRequestGenerator.create({
      name: distinguishedName(planned.subject),
      extensions: names === undefined ? [] : [names],
      signingAlgorithm: key.signing,
      keys: key.keys,
    });
    return {
      certRequestPem: `${request.toString("pem")}\n`,
      id: hashForId(Buffer.from(request.rawData)),
      keyAlgorithm: key.algorithm,
    };
  },
});
