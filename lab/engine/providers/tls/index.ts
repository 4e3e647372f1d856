import type { Provider } from "../../provider";
import { StandIn } from "../stand-in";
import { CertRequest } from "./cert-request";
import { LocallySignedCert } from "./locally-signed-cert";
import { PrivateKey } from "./private-key";
import { SelfSignedCert } from "./self-signed-cert";

/** Stand-in of @pulumi/tls 5.6: keys, certificates and requests. */
export function tlsProvider(): Provider {
  return new StandIn("tls", {
    "tls:index/certRequest:CertRequest": new CertRequest(),
    "tls:index/locallySignedCert:LocallySignedCert": new LocallySignedCert(),
    "tls:index/privateKey:PrivateKey": new PrivateKey(),
    "tls:index/selfSignedCert:SelfSignedCert": new SelfSignedCert(),
  });
}
