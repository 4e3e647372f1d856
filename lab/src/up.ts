import type Docker from "dockerode";
import { ensureBase } from "./base";
import { ensureContainer } from "./container";
import { ensureDaemon } from "./daemon";
import { daemonVersion, dockerClient } from "./docker";
import { removeOrphans } from "./down";
import { inspectLab, probeHost, type Finding } from "./health";
import { hostSpec, type LabContext } from "./hosts";
import {
  ensureImage,
  ensureTarball,
  HOST_IMAGE,
  linkTarballs,
  METADB_IMAGE,
  pruneImages,
  PUBLISHED_IMAGES,
} from "./images";
import { ensureSecrets, readSecrets } from "./keys";
import { withLock } from "./lock";
import { metadbSpec, queryMetadb } from "./metadb";
import { HOST_NAMES, objectNames, type HostName } from "./name";
import { ensureNetwork } from "./network";
import { ensurePackages } from "./packages";
import { labPaths, type LabPaths } from "./paths";
import { runPlans, type Plan, type Step } from "./progress";
import { ensureRecord, readRecord, writeInventory } from "./record";
import { memberAddresses } from "./subnet";
import { waitFor } from "./wait";

const HOST_LIMIT_SECONDS = 60;
const METADB_LIMIT_SECONDS = 60;

/** The lab as its files describe it, or undefined when it was never wholly started. */
export function loadLab(name: string): { lab: LabContext; paths: LabPaths } | undefined {
  const paths = labPaths(name);
  const record = readRecord(paths);
  const secrets = readSecrets(paths);
  if (record === undefined || secrets === undefined) return undefined;
  const { directory } = paths;
  return { paths, lab: { name, directory, subnet: record.subnet, names: objectNames(name, directory), secrets } };
}

/** Starts the lab `name`, or repairs what is missing of it. Does nothing when it is healthy. Returns what is then there. */
export async function up(name: string): Promise<{ changed: boolean; findings: Finding[] }> {
  const docker = dockerClient();
  const found = await healthy(docker, name);
  if (found !== undefined) return { changed: false, findings: found };
  await withLock(`lab/up --name ${name}`, console.log, () => build(docker, name));
  const findings = await healthy(docker, name);
  if (findings === undefined)
    throw new Error(`the lab ${name} was started but is not healthy; see lab/status --name ${name}`);
  return { changed: true, findings };
}

async function healthy(docker: Docker, name: string): Promise<Finding[] | undefined> {
  const loaded = loadLab(name);
  if (loaded === undefined || (await daemonVersion()) === undefined) return undefined;
  const findings = await inspectLab(docker, loaded.lab, loaded.paths);
  return findings.every((finding) => finding.ok) ? findings : undefined;
}

async function build(docker: Docker, name: string): Promise<void> {
  const paths = labPaths(name);
  const names = objectNames(name, paths.directory);
  await runPlans([
    {
      title: "Packages on this machine",
      run: async (say) => {
        await ensurePackages(say);
        return "complete";
      },
    },
    { title: "Docker daemon", run: () => ensureDaemon() },
    { title: "Debian base", run: (say) => ensureBase(say) },
  ]);
  await removeOrphans(docker);
  const record = await ensureRecord(docker, name, paths, names.network);
  const secrets = await ensureSecrets(name, paths);
  const lab: LabContext = { name, directory: paths.directory, subnet: record.subnet, names, secrets };
  await runPlans([
    { title: "Network", run: async () => (await ensureNetwork(docker, lab), `${lab.subnet} on ${names.bridge}`) },
    { title: `Lab ${name}`, together: [hosts(docker, lab), database(docker, lab), published()] },
    {
      title: "Files",
      run: async () => {
        linkTarballs(paths.images);
        await writeInventory(paths, lab.subnet, secrets);
        await pruneImages();
        return paths.directory;
      },
    },
  ]);
}

function hosts(docker: Docker, lab: LabContext): Plan {
  const start = (host: HostName): Step => ({
    title: `${host} ${memberAddresses(lab.subnet)[host]}`,
    run: async (say) => {
      const done = await ensureContainer(docker, hostSpec(lab, host));
      say("waiting for sshd and docker");
      const version = await waitFor(`${host}: sshd and docker did not answer`, HOST_LIMIT_SECONDS, () =>
        probeHost(lab, host),
      );
      return `${done}, docker ${version}`;
    },
  });
  return {
    title: "Hosts",
    inOrder: [
      { title: "Image of the hosts", run: (say) => ensureImage(HOST_IMAGE, say) },
      { title: "Containers of the hosts", together: HOST_NAMES.map(start) },
    ],
  };
}

function database(docker: Docker, lab: LabContext): Plan {
  const address = memberAddresses(lab.subnet).metadb;
  return {
    title: "MetaDB",
    inOrder: [
      { title: "Image of the MetaDB", run: (say) => ensureImage(METADB_IMAGE, say) },
      {
        title: `metadb ${address}`,
        run: async (say) => {
          const done = await ensureContainer(docker, metadbSpec(lab));
          say("waiting for MariaDB");
          const query = () => queryMetadb(address, lab.secrets.metadbPassword);
          return `${done}, MariaDB ${await waitFor("metadb: MariaDB did not answer a query", METADB_LIMIT_SECONDS, query)}`;
        },
      },
    ],
  };
}

/** Images that the stacks put on the hosts. They share layers, so building one after the other is faster than side by side. */
function published(): Plan {
  return {
    title: "Images for the hosts",
    inOrder: PUBLISHED_IMAGES.map((image) => ({
      title: image.publishedTag,
      run: async (say) => {
        const built = await ensureImage(image, say);
        say("saving as a tarball");
        return `${built}, ${await ensureTarball(image)}`;
      },
    })),
  };
}
