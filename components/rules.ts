import { z } from "zod";
import { isHostAddress } from "../provider/resources/host-rules";
import type { First } from "./rolling";
import { sentence, setting } from "./validation";

// Rules shared by the components, each worded once.

/** True for an address that means "this machine" wherever it is used. */
export function isLoopback(text: string): boolean {
  return text === "localhost" || text === "::1" || text === "0.0.0.0" || text.startsWith("127.");
}

export const address = setting(
  z.string().refine(isHostAddress),
  "must be an IP address or a DNS name",
  "write it like 10.0.0.9 or metadb.example.com, without port or scheme",
);

export const port = setting(
  z.number().int().min(1).max(65535),
  "must be a whole number from 1 to 65535",
  "give the TCP port, like 8989",
);

export const nonEmpty = (what: string): z.ZodType<string> =>
  setting(z.string().min(1), "must be a non-empty text", `give ${what}`);

export const hostPath = setting(
  z.string().regex(/^\/[^\s:]+$/),
  "must be an absolute path without spaces or colons",
  "write it like /var/log/odc",
);

export const seconds = (least: number, most: number): z.ZodType<number> =>
  setting(
    z.number().int().min(least).max(most),
    `must be a whole number of seconds from ${least} to ${most}`,
    `give a number in that range`,
  );

export const flag = setting(z.boolean(), "must be true or false", "write it without quotes");

/** A list; what its elements must be they say themselves. */
export const listOf = <T>(element: z.ZodType<T>, fix: string) =>
  z.array(element, { error: sentence("must be a list", fix) });

/** Values by names that the user chooses; what the values must be they say themselves. */
export const valuesByName = <T>(value: z.ZodType<T>, fix: string) =>
  z.record(z.string(), value, { error: sentence("must be an object", fix) });

export const containerName = setting(
  z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/),
  "must be a container name: letters, digits, _ . and -, at least two characters",
  'write it like "obodc"',
);

/** What hosts wait for; programs say it, so it is not checked further. */
export const waitsFor = z.custom<First>((value) => Array.isArray(value) || typeof value === "function").default([]);
