import type Docker from "dockerode";
import { containerFault } from "./container";
import { faultsInForce } from "./faults";
import type { LabContext } from "./hosts";
import { hostSpec } from "./hosts";
import { machineOf } from "./machines";
import { publishedImages, tarballDamage } from "./images";
import { publicKeys } from "./keys";
import { isRefusal, queryMetadb } from "./metadb";
import { describeServer, metadbSpec, OCEANBASE, serverOf } from "./metadb-server";
import { HOST_NAMES, type HostName, type MemberName } from "./name";
import { hasNetwork } from "./network";
import type { LabPaths } from "./paths";
import { staleInventory } from "./record";
import { DOLPHINDB_PACKAGES } from "./dolphindb";
import { OBPROXY_PACKAGES } from "./obproxy";
import { sshRun } from "./ssh";
import { memberAddresses } from "./subnet";

/** One line of `lab/status`. */
export interface Finding {
  part: string;
  address: string;
  ok: boolean;
  /** What is there, or what is wrong. */
  detail: string;
}

/** Version of the host's own dockerd, asked over SSH with the lab's key and the pinned host key. */
export async function probeHost(lab: LabContext, host: HostName): Promise<string> {
  const target = {
    user: machineOf(lab.name, host).login.user,
    address: memberAddresses(lab.subnet)[host],
    privateKey: lab.secrets.clientKey,
    hostKeys: publicKeys(lab.secrets.hostKeys[host]),
  };
  // on a line of its own, the last one, whatever the login shell's own files print before
  const output = await sshRun(target, "echo; docker version --format '{{.Server.Version}}'");
  return output.split("\n").at(-1) ?? "";
}

async function checkMember(docker: Docker, lab: LabContext, member: MemberName): Promise<Finding> {
  const finding = { part: member, address: memberAddresses(lab.subnet)[member] };
  const server = (await serverOf(docker, lab)) ?? OCEANBASE;
  const fault = await containerFault(docker, member === "metadb" ? metadbSpec(lab, server) : hostSpec(lab, member));
  if (fault !== undefined) return { ...finding, ok: false, detail: fault };
  const switched = member === "metadb" ? [] : await faultsInForce(lab, member);
  if (switched.length > 0)
    return { ...finding, ok: false, detail: `${switched.join(", ")} (lab/fault); lab/up ends it` };
  try {
    const detail =
      member === "metadb"
        ? `running, ${describeServer(server, await queryMetadb(finding.address, lab.secrets.metadbPassword))}`
        : `running, ssh ok, docker ${await probeHost(lab, member)} (${machineOf(lab.name, member).title})`;
    return { ...finding, ok: true, detail };
  } catch (error) {
    return {
      ...finding,
      ok: false,
      detail: `${error instanceof Error ? error.message : String(error)}; lab/up ${member === "metadb" && isRefusal(error) ? "mends that" : "restarts it"}`,
    };
  }
}

/** Nothing when the network is as it should be: then its members are what shows. */
async function checkNetwork(docker: Docker, lab: LabContext): Promise<Finding[]> {
  if (await hasNetwork(docker, lab)) return [];
  const detail = "no such network; lab/up makes it";
  return [{ part: "network", address: lab.subnet, ok: false, detail }];
}

/** Looks at every part of a lab, changing nothing. */
export async function inspectLab(docker: Docker, lab: LabContext, paths: LabPaths): Promise<Finding[]> {
  const members = await Promise.all(
    [...HOST_NAMES, "metadb" as const].map((member) => checkMember(docker, lab, member)),
  );
  const damaged = [
    ...tarballDamage(paths.images, lab.name),
    ...OBPROXY_PACKAGES.damage(paths.packages),
    ...DOLPHINDB_PACKAGES.damage(paths.servers),
  ];
  const images: Finding = {
    part: "images",
    address: "",
    ok: damaged.length === 0,
    detail:
      damaged.length === 0
        ? publishedImages(lab.name)
            .map((image) => image.name)
            .join(", ")
        : damaged.join("; "),
  };
  const stale = staleInventory(paths, lab.subnet, lab.secrets);
  const files: Finding = {
    part: "files",
    address: "",
    ok: stale.length === 0,
    detail: stale.length === 0 ? paths.directory : `${stale.join(", ")}: missing or changed; lab/up writes it`,
  };
  return [...members, ...(await checkNetwork(docker, lab)), images, files];
}
