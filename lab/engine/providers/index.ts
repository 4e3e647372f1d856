import type { ProviderFactory } from "../provider";

/** The stand-ins, by package name. Each brings a large library or two, so it is loaded when it is first made. */
export const standIns: Record<string, ProviderFactory> = {
  command: async () => (await import("./command/index.js")).commandProvider(),
  docker: async () => (await import("./docker/index.js")).dockerProvider(),
  random: async () => (await import("./random/index.js")).randomProvider(),
  tls: async () => (await import("./tls/index.js")).tlsProvider(),
};
