import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { certificateChanges } from "../changes/building-blocks";
import { NotedArgs } from "../changes/noted-args";
import { parseArgs, refusal, unknown } from "../validation";
import type { CertificateArgs, ProvidedCertificateArgs } from "./args";
import { endOf, providedProblems } from "./provided";
import { certificateArgs, selfSignedByDefault } from "./schema";
import type { PrivateCaSettings, SelfSignedSettings, SubjectSettings } from "./schema";

/** What a server shows and what users trust. */
interface Parts {
  chain: pulumi.Output<string>;
  privateKey: pulumi.Output<string>;
  trust?: pulumi.Output<string>;
  expires: pulumi.Output<string>;
}

/** A server certificate with its key: self-signed, by an authority of its own, or provided. */
export class Certificate extends pulumi.ComponentResource {
  /** The server's certificate and those between it and the authority, in PEM. */
  readonly chain: pulumi.Output<string> = unknown();
  /** The server's private key in PEM (a secret). */
  readonly privateKey: pulumi.Output<string> = unknown();
  /** The certificate that users have to trust, in PEM; empty for a provided one, whose authority is known elsewhere. */
  readonly trust: pulumi.Output<string> = unknown();
  /** When the server's certificate ends, ISO 8601. */
  readonly expires: pulumi.Output<string> = unknown();

  /** @throws pulumi.ResourceError that lists every argument that was refused; a preview tells them and goes on. */
  constructor(
    private readonly name: string,
    args: CertificateArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const noted = new NotedArgs(`Certificate ${name}`, certificateChanges, certificateArgs, args, opts);
    super("dbha:index:Certificate", name, noted.inputs, noted.options);
    const settings = parseArgs(certificateArgs, args, this, `Certificate ${name}`);
    if (settings === undefined) return;
    noted.resource = this;
    const { names, selfSigned, privateCa, provided } = settings;
    const parts = provided
      ? this.provided(provided, names)
      : privateCa
        ? this.signedByOwnCa(privateCa, names)
        : this.selfSigned(selfSignedByDefault(selfSigned), names);
    this.chain = parts.chain;
    this.privateKey = pulumi.secret(parts.privateKey);
    this.trust = parts.trust ?? pulumi.output("");
    this.expires = parts.expires;
    this.registerOutputs({
      chain: this.chain,
      privateKey: this.privateKey,
      trust: this.trust,
      expires: this.expires,
    });
  }

  /** What `openssl req -x509` makes in the document, with subjectAltName. It is its own authority, so it may sign itself. */
  private selfSigned({ subject, days, renewBeforeDays }: SelfSignedSettings, names: string[]): Parts {
    const { privateKeyPem } = this.key("key", 2048);
    const certificate = new tls.SelfSignedCert(
      `${this.name}-certificate`,
      {
        privateKeyPem,
        subject: distinguishedName(subject, names[0]),
        ...alternativeNames(names),
        validityPeriodHours: days * 24,
        earlyRenewalHours: renewBeforeDays * 24,
        isCaCertificate: true,
        setSubjectKeyId: true,
        setAuthorityKeyId: true,
        allowedUses: ["cert_signing", ...serverUses],
      },
      { parent: this },
    );
    return {
      chain: certificate.certPem,
      privateKey: privateKeyPem,
      trust: certificate.certPem,
      expires: certificate.validityEndTime,
    };
  }

  private signedByOwnCa(args: PrivateCaSettings, names: string[]): Parts {
    const caKey = this.key("ca-key", 4096);
    const ca = new tls.SelfSignedCert(
      `${this.name}-ca`,
      {
        privateKeyPem: caKey.privateKeyPem,
        subject: distinguishedName(args.subject, `${args.subject.company} CA`),
        validityPeriodHours: args.caDays * 24,
        // signed anew in time for a server certificate that is made just before
        earlyRenewalHours: (args.days + 1) * 24,
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: ["cert_signing", "crl_signing"],
      },
      { parent: this },
    );
    const { privateKeyPem } = this.key("key", 2048);
    const request = new tls.CertRequest(
      `${this.name}-request`,
      { privateKeyPem, subject: distinguishedName(args.subject, names[0]), ...alternativeNames(names) },
      { parent: this },
    );
    const certificate = new tls.LocallySignedCert(
      `${this.name}-certificate`,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: caKey.privateKeyPem,
        caCertPem: ca.certPem,
        validityPeriodHours: args.days * 24,
        earlyRenewalHours: args.renewBeforeDays * 24,
        setSubjectKeyId: true,
        allowedUses: serverUses,
      },
      { parent: this },
    );
    return {
      chain: certificate.certPem,
      privateKey: privateKeyPem,
      trust: ca.certPem,
      expires: certificate.validityEndTime,
    };
  }

  private provided({ chain, privateKey }: ProvidedCertificateArgs, names: string[]): Parts {
    const checked = pulumi.all([chain, privateKey]).apply(([chainText, keyText]) => {
      const found = providedProblems({ chain: chainText, privateKey: keyText }, names, Date.now());
      if (found.length > 0) throw refusal(`Certificate ${this.name}: the provided one was refused`, found, this);
      const expires = endOf(chainText);
      const days = Math.floor((Date.parse(expires) - Date.now()) / 86_400_000);
      if (days < WARNING_DAYS)
        void pulumi.log.warn(`the provided certificate ends in ${days} days, on ${expires}; give a renewed one`, this);
      return { chain: chainText, privateKey: keyText, expires };
    });
    // a chain is public, whatever it came with
    return {
      chain: pulumi.unsecret(checked.chain),
      privateKey: checked.privateKey,
      expires: pulumi.unsecret(checked.expires),
    };
  }

  private key(role: string, rsaBits: number): tls.PrivateKey {
    return new tls.PrivateKey(`${this.name}-${role}`, { algorithm: "RSA", rsaBits }, { parent: this });
  }
}

/** From then on a provided certificate is warned of at every run. */
const WARNING_DAYS = 30;

const serverUses = ["digital_signature", "key_encipherment", "server_auth"];

function distinguishedName(subject: SubjectSettings, commonName = "") {
  return {
    commonName,
    country: subject.country,
    province: subject.province,
    locality: subject.city,
    organization: subject.company,
    organizationalUnit: subject.unit,
  };
}

function alternativeNames(names: string[]): { dnsNames?: string[]; ipAddresses?: string[] } {
  const dnsNames = names.filter((name) => isIP(name) === 0);
  const ipAddresses = names.filter((name) => isIP(name) !== 0);
  return { ...(dnsNames.length > 0 && { dnsNames }), ...(ipAddresses.length > 0 && { ipAddresses }) };
}
