import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { HOST_NAMES } from "../../lab/src/name";
import { hostArguments, theLab } from "./hosts";
import { devConfig, type OdcSection } from "./odc-config";

/** What a program of one's own has to install, beside this package, as the README says. */
const PEERS = ["@pulumi/pulumi", "@pulumi/docker", "@pulumi/command", "@pulumi/random", "@pulumi/tls"];

/** The first block of a language in the README. */
function readmeBlock(language: string): string {
  const block = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms").exec(readFileSync("README.md", "utf8"));
  if (block?.[1] === undefined) throw new Error(`the README has no block of ${language}`);
  return block[1];
}

/** A program of a page with the lab's hosts, tarballs and MetaDB in the place of its examples. */
export function onLab(program: string): string {
  const odc = devConfig()["dbha-stacks:odc"] as OdcSection & { proxy: { image: OdcSection["image"] } };
  const { host, port, username } = theLab().metadb;
  HOST_NAMES.forEach((host, i) => {
    const { hostKeys, ...way } = hostArguments(host);
    const example = `address: "10.0.0.1${i + 1}", hostKeys: ["ssh-ed25519 AAAA...${i + 1}"]`;
    program = program.replace(example, JSON.stringify({ ...way, hostKeys: hostKeys.slice(-1) }).slice(1, -1));
  });
  return program
    .replace("images/odc-4.3.1.tar.gz", resolve(odc.image.tarballs.amd64 ?? ""))
    .replace("images/nginx.tar.gz", resolve(odc.proxy.image.tarballs.amd64 ?? ""))
    .replace('host: "10.0.0.9", port: 2883', `host: "${host}", port: ${port}`)
    .replace("odc@meta#ob", username);
}

/** A folder with the README's program for the lab, in which the npm package is installed as npm would from its registry. */
export class OwnProgram {
  readonly folder = mkdtempSync(join(tmpdir(), "dbha-package-"));
  /** What the package holds. */
  files: string[] = [];

  /** @param node folder of the `node` that the program runs on. @default the one that runs the tests */
  constructor(private readonly node?: string) {}

  /** Packs this checkout and installs it, without any script of any package. @param sdk version of @pulumi/pulumi. */
  async install(sdk?: string): Promise<void> {
    const [packed] = JSON.parse(await this.run("npm", "pack", process.cwd(), "--json", "--silent")) as {
      filename: string;
      files: { path: string }[];
    }[];
    this.files = packed?.files.map((file) => file.path) ?? [];
    const { devDependencies: versions } = JSON.parse(readFileSync("package.json", "utf8")) as {
      devDependencies: Record<string, string>;
    };
    const wanted: Record<string, string> = { ...versions, ...(sdk && { "@pulumi/pulumi": sdk }) };
    writeFileSync(join(this.folder, "package.json"), JSON.stringify({ name: "mine", main: "index.ts" }));
    const packages = [...PEERS, "typescript", "@types/node"].map((name) => `${name}@${wanted[name]}`);
    const quietly = ["--no-fund", "--no-audit", "--loglevel=error", "--ignore-scripts"];
    await this.run("npm", "install", ...quietly, `./${packed?.filename}`, ...packages);
    writeFileSync(join(this.folder, "Pulumi.yaml"), `name: mine\nruntime: nodejs\n${readmeBlock("yaml")}`);
    writeFileSync(join(this.folder, "index.ts"), onLab(readmeBlock("ts")));
  }

  /** Puts another program in the place of the README's: texts by file name, in a language of its own. */
  write(files: Record<string, string>): void {
    rmSync(join(this.folder, "index.ts"), { force: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
  }

  /** Puts files of this machine there: their paths, by the names that the program has for them. */
  link(files: Record<string, string>): void {
    for (const [name, path] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      symlinkSync(path, join(this.folder, name));
    }
  }

  /** Runs a line of a page there. @param environment further variables. @throws Error when it fails */
  async command(line: string, environment: Record<string, string> = {}): Promise<string> {
    const { execa } = await import("execa");
    return (await execa("bash", ["-c", line], { cwd: this.folder, env: environment, all: true })).all;
  }

  /** What the compiler that is installed there has against the program, with a tsconfig.json of these options. */
  async typeProblems(compilerOptions: Record<string, unknown>): Promise<string> {
    writeFileSync(join(this.folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
    const { execa } = await import("execa");
    return (await execa("npx", ["--no-install", "tsc", "--noEmit"], { cwd: this.folder, reject: false })).stdout;
  }

  /** Runs a line of a page there, without any script of any package. */
  async shell(line: string): Promise<void> {
    await this.run("bash", "-c", `${line} --no-fund --no-audit --loglevel=error --ignore-scripts`);
  }

  /** What an engine needs to run the program on the `node` it is for. */
  get environment(): Record<string, string> {
    return this.node === undefined ? {} : { PATH: [this.node, process.env.PATH].join(delimiter) };
  }

  remove(): void {
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true });
  }

  private async run(program: string, ...args: string[]): Promise<string> {
    const { execa } = await import("execa");
    return (await execa(program, args, { cwd: this.folder })).stdout;
  }
}
