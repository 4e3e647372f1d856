export { Certificate } from "./certificate";
export type {
  CertificateArgs,
  CertificateSource,
  PrivateCaArgs,
  ProvidedCertificateArgs,
  SelfSignedArgs,
  SubjectArgs,
} from "./args";
