import { createRequire } from "node:module";
import type { ProviderFactory } from "../provider";

/** Each stand-in brings a large library or two, and most runs need one or two stand-ins. */
const load = createRequire(__filename);

/** The stand-ins, by package name; each is loaded when it is first made. */
export const standIns: Record<string, ProviderFactory> = {
  command: () => (load("./command") as typeof import("./command")).commandProvider(),
  docker: () => (load("./docker") as typeof import("./docker")).dockerProvider(),
  random: () => (load("./random") as typeof import("./random")).randomProvider(),
  tls: () => (load("./tls") as typeof import("./tls")).tlsProvider(),
};
