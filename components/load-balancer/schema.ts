import { isIP } from "node:net";
import { z } from "zod";
import type { HttpProbe, TcpProbe } from "../../provider/resources";
import { hostSchema } from "../host-schema";
import { couldBeAnother, imageSource, mustNotPull } from "../image-schema";
import { containerName, flag, nonEmpty, waitsFor } from "../rules";
import { inputSetting, sentence, setting, settings } from "../validation";

/** Fields of the certificate, one by one, since each may be an Output that is checked when it is known. */
export const tlsFields = {
  chain: setting(
    z.string().regex(/^-----BEGIN CERTIFICATE-----$/m),
    "must be certificates in PEM",
    "give the text of the file, from -----BEGIN CERTIFICATE----- on",
  ),
  privateKey: setting(
    z.string().regex(/^-----BEGIN (RSA |EC )?PRIVATE KEY-----$/m),
    "must be a private key in PEM that is not encrypted",
    "give the text of the file, from -----BEGIN PRIVATE KEY----- on",
  ),
};

/** The schema behind LoadBalancerArgs. The plugin checks the fields of the probe. */
export const loadBalancerSchema = settings({
  hosts: z
    .array(hostSchema)
    .min(1, { message: sentence("at least one host is needed", "name the hosts that run nginx") }),
  image: imageSource,
  containerName,
  config: inputSetting(nonEmpty("the text of nginx.conf")),
  tls: settings({
    chain: inputSetting(tlsFields.chain),
    privateKey: inputSetting(tlsFields.privateKey),
  }).optional(),
  probe: settings({ http: z.custom<HttpProbe>().optional(), tcp: z.custom<TcpProbe>().optional() }).refine(
    (probe) => (probe.http === undefined) !== (probe.tcp === undefined),
    { message: sentence("exactly one of http and tcp must be given", "give one and remove the other") },
  ),
  virtualAddress: setting(
    z.string().refine((text) => isIP(text) !== 0),
    "must be an IP address",
    'write it like "10.0.0.100", without prefix length',
  ).optional(),
  after: waitsFor,
  adopt: flag.optional(),
}).superRefine(({ hosts, adopt, image }, context) => {
  if (adopt === true && couldBeAnother(image))
    context.addIssue({ code: "custom", path: ["image", "pull"], message: sentence(mustNotPull.rule, mustNotPull.fix) });
  hosts.forEach((host, i) => {
    if (hosts.indexOf(host) < i)
      context.addIssue({
        code: "custom",
        path: ["hosts", i],
        message: sentence("each host can run it once", "name it once"),
      });
  });
});

/** The arguments with defaults filled in. */
export type LoadBalancerSettings = z.output<typeof loadBalancerSchema>;
