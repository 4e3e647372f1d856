import type { ProviderFactory } from "../provider";
import { commandProvider } from "./command";
import { dockerProvider } from "./docker";
import { randomProvider } from "./random";
import { tlsProvider } from "./tls";

/** The stand-ins, by package name. */
export const standIns: Record<string, ProviderFactory> = {
  command: commandProvider,
  docker: dockerProvider,
  random: randomProvider,
  tls: tlsProvider,
};
