import { z } from "zod";
import type { KnownHost } from "./conflicts";
import { Host } from "./host";
import { sentence } from "./validation";

/** The schema of an argument that is a host. */
export const hostSchema = z.custom<Host>((value) => value instanceof Host, {
  message: sentence("must be a Host", "create it with new Host(name, { address, hostKeys })"),
});

/** What is known of a `Host`; what refused arguments name as a host may be none. */
export const knownHost: KnownHost<Host | undefined> = {
  nameOf: (host) => host?.hostName ?? "",
  addressOf: (host) => host?.address,
  isLost: (host) => host?.isLost === true,
};
