import { Pkcs10CertificateRequestGenerator } from "./x509";
import type { Values } from "../../provider";
import { FrameworkResource } from "../bridge/framework-resource";
import type { Property, Schema } from "../bridge/schema";
import { alternativeNameInputs, alternativeNames, distinguishedName, subject } from "./names";
import { hashForId } from "./private-key";
import { readSigningKey } from "./signing-key";

const output: Property = { type: "string", computed: true, outputOnly: true };

const schema: Schema = {
  ...alternativeNameInputs,
  privateKeyPem: { type: "string", required: true, forceNew: true },
  subject,
  certRequestPem: output,
  id: output,
  keyAlgorithm: output,
};

/** `tls:index/certRequest:CertRequest`. */
export class CertRequest extends FrameworkResource {
  readonly secretOutputs = ["privateKeyPem"];
  override readonly secretInputs = ["privateKeyPem"];
  protected readonly packageName = "tls";
  protected readonly schema = schema;

  protected override async make(planned: Values): Promise<Values> {
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
  }
}
