import { X509Certificate } from "node:crypto";
import type { FilesArgs } from "../provider/resources";
import { daysLeft, NoLicense, parseLicense } from "../provider/resources/dolphin/license";
import { least, resourcePolicy, type Finding } from "./policy";
import { CONTAINER, type Loose } from "./resource";

const DAYS = least(30, 1, "How many days it must last at least.");

/** A certificate that ended shuts users out. */
export const certificateEnd = resourcePolicy(
  {
    name: "certificate-end",
    description: "Certificates that a host is given last for some time yet.",
    severity: "high",
    enforcementLevel: "advisory",
    remediationSteps: "Give a renewed certificate; those that the library makes are renewed by `pulumi up`.",
  },
  { days: DAYS },
  ({ type, props }, { days }) =>
    textsOf(type, props).flatMap(([file, text]) =>
      certificatesIn(text).flatMap((one) => {
        const left = Math.floor((Date.parse(one.validTo) - Date.now()) / 86_400_000);
        if (left >= days) return [];
        const [, name = "without a common name"] = /^CN=(.*)$/m.exec(one.subject) ?? [];
        return [
          ending(`the certificate ${name} in ${file}`, new Date(one.validTo).toISOString().slice(0, 10), left, days),
        ];
      }),
    ),
);

/** A DolphinDB without a licence does not start any more. */
export const licenseEnd = resourcePolicy(
  {
    name: "license-end",
    description: "The licence of a DolphinDB cluster lasts for some time yet.",
    severity: "high",
    enforcementLevel: "advisory",
    remediationSteps: "Ask the vendor for another licence and give its text in license.",
  },
  { days: DAYS },
  ({ type, props }, { days }) => {
    if (type !== "dbha:index:DolphinLicense") return [];
    const { license, hosts } = props as { license?: string; hosts?: { host?: { name?: string } }[] };
    const end = license === undefined ? undefined : endOf(license);
    if (end === undefined) return [];
    const left = daysLeft({ end }, new Date().toISOString().slice(0, 10));
    if (left >= days) return [];
    return [{ ...ending("the licence", end, left, days), host: hosts?.map((one) => one.host?.name ?? "").join(", ") }];
  },
);

const ending = (what: string, end: string, left: number, days: number): Finding => ({
  found: left < 0 ? `${what} ended on ${end}` : `${what} ends on ${end}, in ${left} ${left === 1 ? "day" : "days"}`,
  rule: `${days} days must be left`,
  fix: "give a renewed one",
});

/** Texts of files that a resource brings to its host. */
function textsOf(type: string, props: Record<string, unknown>): [file: string, text: string][] {
  const { files, content, path, uploads } = props as Loose<FilesArgs> & {
    content?: string;
    path?: string;
    uploads?: ({ file?: string; content?: string } | null)[];
  };
  const all: [string | undefined, unknown][] =
    type === "dbha:index:Files"
      ? Object.entries(files ?? {}).map(([file, one]) => [file, one?.content])
      : type === "dbha:index:File"
        ? [[path, content]]
        : type === CONTAINER
          ? (uploads ?? []).map((one) => [one?.file, one?.content])
          : [];
  return all.flatMap(([file = "", text]) => (typeof text === "string" ? [[file, text] as [string, string]] : []));
}

/** What is no certificate is told by whoever needs it. */
function certificatesIn(text: string): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

function endOf(license: string): string | undefined {
  try {
    return parseLicense(license).end;
  } catch (error) {
    if (error instanceof NoLicense) return undefined;
    throw error;
  }
}
