import { resolve } from "node:path";
import { findExecutable, foldersOf } from "../../lab/engine/executable";

/** A Pulumi engine that the integration suite runs on. */
export interface Engine {
  name: string;
  /** Value of DBHA_PULUMI that makes lab/bin/pulumi take it. */
  choice: string;
}

/** The fallback engine, and the real CLI where one is on PATH or named by DBHA_PULUMI. */
export function engines(): Engine[] {
  const real = realPulumi();
  return [{ name: "fallback engine", choice: "fallback" }, ...(real ? [{ name: "real CLI", choice: real }] : [])];
}

/** Path of the real CLI, if there is one. */
export function realPulumi(): string | undefined {
  const named = process.env.DBHA_PULUMI;
  if (named) return named === "fallback" ? undefined : named;
  const own = resolve("lab/bin");
  const others = foldersOf(process.env.PATH).filter((folder) => resolve(folder) !== own);
  return findExecutable("pulumi", others);
}
