import { isIP } from "node:net";
import { Name, SubjectAlternativeNameExtension } from "./x509";
import type { Value, Values } from "../../provider";
import { matching, replaces, text, textList, type Property } from "../bridge/schema";

/** Attribute types in the order the real provider writes them. */
const ATTRIBUTES: [property: string, oid: string][] = [
  ["country", "2.5.4.6"],
  ["province", "2.5.4.8"],
  ["locality", "2.5.4.7"],
  ["streetAddresses", "2.5.4.9"],
  ["postalCode", "2.5.4.17"],
  ["organization", "2.5.4.10"],
  ["organizationalUnit", "2.5.4.11"],
  ["commonName", "2.5.4.3"],
  ["serialNumber", "2.5.4.5"],
  ["emailAddress", "1.2.840.113549.1.9.1"],
];

/** Input `subject`. */
export const subject: Property = {
  type: "object",
  ...replaces,
  fields: Object.fromEntries(ATTRIBUTES.map(([name]) => [name, name === "streetAddresses" ? textList : text])),
};

/** Inputs that make up the subject alternative names. */
export const alternativeNameInputs = {
  dnsNames: { ...textList, ...replaces },
  ipAddresses: { type: "list", ...replaces, element: { ...text, rule: matching(/./, "an address") } },
  uris: { ...textList, ...replaces, refused: true },
} as const;

/** The distinguished name of input `subject`. */
export function distinguishedName(value: Value | undefined): Name {
  const given = (value ?? {}) as Values;
  const parts = ATTRIBUTES.flatMap(([property, oid]) => {
    const values = [given[property] ?? []].flat() as string[];
    return values.length === 0 ? [] : [{ [oid]: values.map((text) => encoded(property, text)) }];
  });
  return new Name(parts);
}

function encoded(property: string, text: string): Record<string, string> {
  if (property === "emailAddress") return { ia5String: text };
  return /^[A-Za-z0-9 '()+,./:=?-]*$/.test(text) ? { printableString: text } : { utf8String: text };
}

/** Extension for `dnsNames` and `ipAddresses`; undefined when there are none. Critical without a subject. */
export function alternativeNames(inputs: Values, critical: boolean): SubjectAlternativeNameExtension | undefined {
  const addresses = stringsOf(inputs.ipAddresses);
  const bad = addresses.find((address) => isIP(address) === 0);
  if (bad !== undefined) throw new Error(`ipAddresses: ${JSON.stringify(bad)} is not an IP address`);
  const all = [
    ...stringsOf(inputs.dnsNames).map((value) => ({ type: "dns" as const, value })),
    ...addresses.map((value) => ({ type: "ip" as const, value })),
  ];
  return all.length === 0 ? undefined : new SubjectAlternativeNameExtension(all, critical);
}

function stringsOf(value: Value | undefined): string[] {
  return Array.isArray(value) ? (value as string[]) : [];
}
