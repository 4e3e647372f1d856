import type { Provider } from "../../provider";
import { standIn } from "../stand-in";
import { certRequest } from "./cert-request";
import { locallySignedCert } from "./locally-signed-cert";
import { privateKey } from "./private-key";
import { selfSignedCert } from "./self-signed-cert";

/** Stand-in of @pulumi/tls 5.6: keys, certificates and requests. */
export function tlsProvider(): Provider {
  return standIn("tls", {
    "tls:index/certRequest:CertRequest": certRequest,
    "tls:index/locallySignedCert:LocallySignedCert": locallySignedCert,
    "tls:index/privateKey:PrivateKey": privateKey,
    "tls:index/selfSignedCert:SelfSignedCert": selfSignedCert,
  });
}
