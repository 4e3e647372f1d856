import { z } from "zod";
import { address, nonEmpty } from "../rules";
import { inputSetting, sentence, setting, settings } from "../validation";

const days = (most: number): z.ZodType<number> =>
  setting(
    z.number().int().min(1).max(most),
    `must be a whole number of days from 1 to ${most}`,
    "give a number in that range",
  );

/** RFC 5280 allows 64 characters; the authority's name is the company's and " CA". */
const part = (what: string): z.ZodType<string> =>
  setting(z.string().min(1).max(60), "must have 1-60 characters", `give ${what}`);

const subject = settings({
  country: setting(
    z.string().regex(/^[A-Z]{2}$/),
    "must be a country code of two capital letters",
    'write it like "CN"',
  ).optional(),
  province: part("the province").optional(),
  city: part("the city").optional(),
  company: part("the company's name").default("OceanBase"),
  unit: part("the unit within the company").default("DBA"),
})
  .prefault({})
  .transform(({ country, province, city, ...rest }) => ({
    ...rest,
    // the document's place as a whole or not at all: a city lies in one country
    ...(country === undefined && province === undefined && city === undefined
      ? { country: "CN", province: "Zhejiang", city: "Hangzhou" }
      : { country, province, city }),
  }));

function renewedInTime(args: { days: number; renewBeforeDays: number }, context: z.RefinementCtx): void {
  if (args.renewBeforeDays < args.days) return;
  const rule = `must be more than renewBeforeDays, ${args.renewBeforeDays}`;
  context.addIssue({ code: "custom", path: ["days"], message: sentence(rule, "renew later, or make it valid longer") });
}

const selfSigned = settings({
  subject,
  days: days(36500).default(3650),
  renewBeforeDays: days(3650).default(30),
}).superRefine(renewedInTime);

const privateCa = settings({
  subject,
  days: days(825).default(397),
  renewBeforeDays: days(824).default(30),
  caDays: days(36500).default(3650),
})
  .superRefine(renewedInTime)
  .refine((args) => args.caDays > args.days, {
    message: sentence("must be more than days", "an authority outlives what it signs: give more"),
    path: ["caDays"],
  });

const provided = settings({
  chain: inputSetting(nonEmpty("the text of the certificate file, in PEM")),
  privateKey: inputSetting(nonEmpty("the text of the key file, in PEM")),
});

const shape = { selfSigned: selfSigned.optional(), privateCa: privateCa.optional(), provided: provided.optional() };

const oneSource = (source: { selfSigned?: unknown; privateCa?: unknown; provided?: unknown }): boolean =>
  [source.selfSigned, source.privateCa, source.provided].filter((one) => one !== undefined).length <= 1;

const onlyOne = {
  message: sentence("at most one of selfSigned, privateCa and provided may be given", "remove the others"),
};

/** The schema behind CertificateSource. */
export const certificateSource = settings(shape).refine(oneSource, onlyOne);

/** The schema behind CertificateArgs. */
export const certificateArgs = settings({
  ...shape,
  names: z
    .array(address)
    .min(1, { message: sentence("at least one name is needed", "name the domain or address that users open") })
    .refine((names) => (names[0]?.length ?? 0) <= 64, {
      message: sentence("the first name must have at most 64 characters", "put a shorter name first"),
    }),
}).refine(oneSource, onlyOne);

/** A certificate that signs itself, with defaults filled in; also what is used when nothing is said. */
export const selfSignedByDefault = (given: z.output<typeof selfSigned> | undefined): z.output<typeof selfSigned> =>
  given ?? selfSigned.parse({});
export type SelfSignedSettings = z.output<typeof selfSigned>;
export type PrivateCaSettings = z.output<typeof privateCa>;
export type SubjectSettings = z.output<typeof subject>;
