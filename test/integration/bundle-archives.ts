import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type Architecture, partsOf } from "../../bundle/parts";
import { findExecutable, foldersOf } from "../../lab/engine/executable";
import { realPulumi } from "./engines";

const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
  devDependencies: Record<string, string>;
};
const versions = Object.fromEntries(
  ["command", "docker", "random", "tls"].map((name) => [name, devDependencies[`@pulumi/${name}`] ?? ""]),
);

/** Parts of a bundle in the form in which Pulumi's maker offers them; they cannot be downloaded where the tests run. */
export interface Archives {
  /** Whether those for this machine have the real CLI and providers, found on PATH. Else all are stand-ins, which run nothing. */
  real: boolean;
}

/** Puts an archive of each part into a folder. Those for another architecture are always stand-ins. */
export function makeArchives(folder: string, architectures: Architecture[]): Archives {
  const cli = realPulumi();
  const found = new Map(
    partsOf("amd64", versions).map(({ name, program }) => [
      name,
      name === "pulumi" ? cli : findExecutable(program, foldersOf(process.env.PATH)),
    ]),
  );
  const real = process.arch === "x64" && [...found.values()].every((path) => path !== undefined);
  for (const architecture of architectures)
    for (const { name, program, file } of partsOf(architecture, versions)) {
      const content = mkdtempSync(join(tmpdir(), "dbha-archive-"));
      const inner = name === "pulumi" ? join(content, "pulumi") : content;
      mkdirSync(inner, { recursive: true });
      const path = found.get(name);
      if (!real || architecture !== "amd64" || path === undefined)
        writeFileSync(join(inner, program), standIn(architecture), { mode: 0o755 });
      else
        for (const one of name === "pulumi" ? cliFiles(path) : [path])
          copyFileSync(one, join(inner, one.split("/").at(-1) ?? ""));
      execFileSync("tar", ["-C", content, "-I", "gzip -1", "-cf", join(folder, file), ...readdirSync(content)]);
      rmSync(content, { recursive: true });
    }
  return { real };
}

/** The CLI and its language hosts, which lie beside it. */
const cliFiles = (pulumi: string): string[] =>
  readdirSync(dirname(pulumi))
    .filter((name) => /^pulumi(-language-nodejs|-resource-pulumi-nodejs|-analyzer-policy)?$/.test(name))
    .map((name) => resolve(dirname(pulumi), name));

/** A program of Linux for an architecture, by its head. */
function standIn(architecture: Architecture): Buffer {
  const program = readFileSync(existsSync("/bin/true") ? "/bin/true" : "/usr/bin/true");
  program.writeUInt16LE(architecture === "amd64" ? 0x3e : 0xb7, 18);
  return program;
}
