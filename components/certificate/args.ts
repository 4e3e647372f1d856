import type * as pulumi from "@pulumi/pulumi";

/**
 * Where a server's certificate comes from: at most one of `selfSigned`, `privateCa` and `provided`.
 * Source: "Deploy SSL certificate".
 */
export interface CertificateSource {
  /**
   * A certificate that signs itself, as the document's generate-odc-ssl-certificate.sh makes it, but with the names and
   * addresses in its subjectAltName, without which today's browsers refuse it. Users trust the certificate itself.
   * @default used when neither of the others is given
   */
  selfSigned?: SelfSignedArgs;
  /** A certification authority of the deployment's own, and a server certificate signed by it. Users trust the authority once. */
  privateCa?: PrivateCaArgs;
  /** A certificate that was made elsewhere. */
  provided?: ProvidedCertificateArgs;
}

/** A certificate that signs itself. */
export interface SelfSignedArgs {
  /** Who it is issued to. */
  subject?: SubjectArgs;
  /**
   * Days for which it is valid. Apple's systems refuse server certificates of more than 825 days, trusted or not.
   * @default 3650
   */
  days?: number;
  /**
   * Days before its end from which on `pulumi up` makes a new one, which users have to trust anew.
   * @default 30
   */
  renewBeforeDays?: number;
}

/** An authority and the server certificate that it signs. */
export interface PrivateCaArgs {
  /** Who the authority and the server's certificate are issued to. */
  subject?: SubjectArgs;
  /**
   * Days for which the server's certificate is valid. Rule: at most 825, else Apple's systems refuse it.
   * @default 397
   */
  days?: number;
  /**
   * Days before its end from which on `pulumi up` makes a new server certificate; nothing is to be trusted anew.
   * @default 30
   */
  renewBeforeDays?: number;
  /**
   * Days for which the authority is valid.
   * Rule: more than `days`.
   * @default 3650
   */
  caDays?: number;
}

/** A certificate that was made elsewhere: bought, or by the site's own authority. */
export interface ProvidedCertificateArgs {
  /**
   * The server's certificate and after it those of the authorities between, in PEM.
   * Rule: the certificate is valid today, belongs to the key and covers the domain; each one is signed by the next.
   */
  chain: pulumi.Input<string>;
  /** Its private key in PEM, not encrypted. Kept as a secret. */
  privateKey: pulumi.Input<string>;
}

/** The subject of a certificate; the common name is the domain. The defaults are those of the document's script. */
export interface SubjectArgs {
  /**
   * Two letters.
   * @default "CN" when none of country, province and city is given, else left out
   */
  country?: string;
  /** @default "Zhejiang" when none of country, province and city is given, else left out */
  province?: string;
  /** @default "Hangzhou" when none of country, province and city is given, else left out */
  city?: string;
  /** @default "OceanBase" */
  company?: string;
  /** @default "DBA" */
  unit?: string;
}

/** Arguments of {@link Certificate}. */
export interface CertificateArgs extends CertificateSource {
  /**
   * DNS names and IP addresses under which the server is opened; the first one is the common name.
   * Rule: at least one; the first at most 64 characters.
   * @example ["odc.example.com", "10.0.0.100"]
   */
  names: string[];
}
