import { existsSync, readFileSync } from "node:fs";
import { runCommand } from "./command";
import { daemonVersion } from "./docker";

/** A program that the lab needs on the machine, the Debian package that brings it, and what for. */
interface Need {
  program: string;
  package: string;
  reason: string;
}

/** The Debian releases on which the lab installs what it needs, as VERSION_ID of os-release has them. */
const KNOWN_RELEASES = ["12", "13"] as const;
type Release = (typeof KNOWN_RELEASES)[number];

/** The package with Docker's client; since Debian 13 docker.io brings none. */
const DOCKER_CLIENT: Record<Release, string> = { "12": "docker.io", "13": "docker-cli" };

/**
 * What the lab needs on a machine of that Debian release.
 * @param ownDaemon whether the lab starts the Docker daemon itself.
 */
export function needsOf(release: Release, ownDaemon: boolean): Need[] {
  const always: Need[] = [
    { program: "ip", package: "iproute2", reason: "to choose a free network" },
    { program: "tar", package: "tar", reason: "to hand files to containers" },
    { program: "ssh", package: "openssh-client", reason: "Docker's ssh:// transport uses it" },
    { program: "docker", package: DOCKER_CLIENT[release], reason: "the lab's hosts are containers" },
  ];
  const daemon: Need[] = [
    { program: "dockerd", package: "docker.io", reason: "no Docker daemon answers, the lab starts one" },
    { program: "iptables", package: "iptables", reason: "dockerd manages bridges with it" },
  ];
  return ownDaemon ? [...always, ...daemon] : always;
}

const BOOTSTRAP: Need[] = [
  { program: "mmdebstrap", package: "mmdebstrap", reason: "no image registry: it makes the Debian base" },
];

const PIP: Need[] = [{ program: "pip3", package: "python3-pip", reason: "it brings OceanBase's server, the MetaDB" }];

function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(":").some((directory) => existsSync(`${directory}/${program}`));
}

/** Reads `ID` and `VERSION_ID` of os-release. */
export function parseOsRelease(text: string): { id: string; version: string } {
  const field = (name: string): string => new RegExp(`^${name}="?([^"\n]*)"?$`, "m").exec(text)?.[1] ?? "";
  return { id: field("ID"), version: field("VERSION_ID") };
}

/** The Debian release that an os-release tells of, if it is one on which the lab installs packages. */
export function knownRelease(osRelease: string): Release | undefined {
  const { id, version } = parseOsRelease(osRelease);
  return id === "debian" ? KNOWN_RELEASES.find((release) => release === version) : undefined;
}

/** {@link knownRelease} of this machine. */
function ownRelease(): Release | undefined {
  return knownRelease(existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "");
}

/** True where the lab may install packages, and make a Debian from them. */
export function canInstall(): boolean {
  return process.getuid?.() === 0 && ownRelease() !== undefined;
}

function missing(needs: readonly Need[]): Need[] {
  return needs.filter((need) => !isInstalled(need.program));
}

async function install(needs: readonly Need[], say: (line: string) => void): Promise<void> {
  if (needs.length === 0) return;
  const packages = [...new Set(needs.map((need) => need.package))];
  const reasons = (name: string): string[] => needs.filter((need) => need.package === name).map((need) => need.reason);
  const list = packages.map((name) => `${name} (${reasons(name).join("; ")})`).join(", ");
  if (!canInstall()) {
    throw new Error(
      `the lab needs ${list}, and installs packages by itself only as root on Debian 12 or 13.\n` +
        `Install what provides ${needs.map((need) => `\`${need.program}\``).join(", ")} (on Debian: sudo apt-get install ${packages.join(" ")})` +
        `${needs.some((need) => need.program.startsWith("docker")) ? ", start the Docker daemon, allow yourself to use it" : ""}, and run this again.`,
    );
  }
  say(`installing ${list}`);
  const apt = (...args: string[]) =>
    runCommand("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=120", ...args], {
      env: { DEBIAN_FRONTEND: "noninteractive" },
      limitSeconds: 600,
    });
  const arguments_ = ["install", "-y", "--no-install-recommends", ...packages];
  try {
    await apt(...arguments_);
  } catch {
    // an installation was interrupted before, or the package lists are missing or old
    say(`updating the package lists, then installing ${packages.join(" ")}`);
    await runCommand("dpkg", ["--configure", "-a"], { env: { DEBIAN_FRONTEND: "noninteractive" }, limitSeconds: 300 });
    await apt("update");
    await apt(...arguments_);
  }
}

/** Installs what every lab needs on this machine, or says what to install. */
export async function ensurePackages(say: (line: string) => void): Promise<void> {
  const daemon = await daemonVersion();
  await install(missing(needsOf(ownRelease() ?? "13", daemon === undefined)), say);
}

/** Installs what making the Debian base from packages needs. */
export async function ensureBootstrapTools(say: (line: string) => void): Promise<void> {
  await install(missing(BOOTSTRAP), say);
}

/** Installs what bringing OceanBase's server needs. */
export async function ensurePip(say: (line: string) => void): Promise<void> {
  await install(missing(PIP), say);
}
