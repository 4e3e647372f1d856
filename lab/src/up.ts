import type Docker from "dockerode";
import { ensureBase, SUITES, type Suite } from "./base";
import { endOf, ensureContainer, type ContainerSpec } from "./container";
import { ensureDaemon } from "./daemon";
import { daemonFault, dockerClient, orUndefined } from "./docker";
import { removeObjects, removeOrphans } from "./down";
import { heal } from "./faults";
import { inspectLab, probeHost, type Finding } from "./health";
import { hostSpec, type LabContext } from "./hosts";
import { ensureImage, ensureTarball, HOST_IMAGES, linkTarballs, pruneImages, publishedImages, suiteOf } from "./images";
import { ensureSecrets, readSecrets } from "./keys";
import { withLock } from "./lock";
import { machineOf } from "./machines";
import { memoryDamage } from "./memory";
import { ensureUser } from "./metadb";
import { describeServer, ensureServer, metadbSpec, OCEANBASE, serverOf } from "./metadb-server";
import { HOST_NAMES, objectNames, type HostName } from "./name";
import { ensureNetwork } from "./network";
import { DOLPHINDB_PACKAGES } from "./dolphindb";
import { OBPROXY_PACKAGES } from "./obproxy";
import { ensurePackages } from "./packages";
import { labPaths, type LabPaths } from "./paths";
import { runPlans, type Plan, type Say, type Step } from "./progress";
import { ensureRecord, readRecord, writeInventory } from "./record";
import { memberAddresses } from "./subnet";
import { Hopeless, waitFor } from "./wait";

const START_LIMIT_SECONDS = 60;
/** A container that has been running for long should answer at once. */
const RUNNING_LIMIT_SECONDS = 5;

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
  if (loaded === undefined || (await daemonFault()) !== undefined) return undefined;
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
    {
      title: "Debian base",
      together: suitesOf(name).map((suite) => ({ title: suite, run: (say) => ensureBase(suite, say) })),
    },
  ]);
  await removeOrphans(docker);
  // what is left of a lab whose files were removed; a lab with damaged files keeps what it has
  if (memoryDamage(paths) === undefined) await removeObjects(docker, (directory) => directory === paths.directory);
  const record = await ensureRecord(docker, name, paths, names.network);
  const secrets = await ensureSecrets(paths);
  const lab: LabContext = { name, directory: paths.directory, subnet: record.subnet, names, secrets };
  await runPlans([
    { title: "Network", run: async () => (await ensureNetwork(docker, lab), `${lab.subnet} on ${names.bridge}`) },
    { title: `Lab ${name}`, together: [hosts(docker, lab), database(docker, lab), published(name)] },
    {
      title: "Files",
      run: async () => {
        linkTarballs(paths.images, name);
        OBPROXY_PACKAGES.link(paths.packages);
        DOLPHINDB_PACKAGES.link(paths.servers);
        await writeInventory(paths, lab.subnet, secrets);
        await pruneImages();
        return paths.directory;
      },
    },
  ]);
}

/** The images of the lab's hosts, in the order in which they are made. */
const imagesOf = (lab: string) =>
  HOST_IMAGES.filter((image) => HOST_NAMES.some((host) => machineOf(lab, host).image === image));

/** The Debian releases that the lab is made of: that of most images, and those of its hosts. */
const suitesOf = (lab: string) =>
  SUITES.filter((suite) => suite === SUITES[0] || imagesOf(lab).some((image) => suiteOf(image) === suite));

/** Brings a container to where `probe` succeeds; one that runs but does not answer is restarted. Returns what was done and the probe's answer. */
async function start(
  docker: Docker,
  spec: ContainerSpec,
  say: Say,
  what: string,
  probe: () => Promise<string>,
): Promise<[done: string, answer: string]> {
  const done = await ensureContainer(docker, spec);
  const attempt = async (): Promise<string> => {
    try {
      return await probe();
    } catch (error) {
      const end = await endOf(docker, spec.name);
      throw end === undefined ? error : new Hopeless(`${what} did not answer: ${end}`, { cause: error });
    }
  };
  const wait = (seconds: number): Promise<string> => waitFor(`${what} did not answer`, seconds, attempt);
  say(`waiting for ${what}`);
  if (done !== "running") return [done, await wait(START_LIMIT_SECONDS)];
  try {
    return [done, await wait(RUNNING_LIMIT_SECONDS)];
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}; restarting it`);
    await docker.getContainer(spec.name).restart({ t: 5 });
    return ["restarted", await wait(START_LIMIT_SECONDS)];
  }
}

/** Ends the faults of a host that runs; one that does not is started next, without any. */
async function healRunning(docker: Docker, lab: LabContext, host: HostName): Promise<string[]> {
  const container = await orUndefined(docker.getContainer(lab.names.container(host)).inspect());
  return container?.State.Running === true && !container.State.Paused ? heal(lab, host) : [];
}

/** Hosts of different releases are made side by side; those of one share images. */
function hosts(docker: Docker, lab: LabContext): Plan {
  const hostStep = (host: HostName): Step => ({
    title: `${host} ${memberAddresses(lab.subnet)[host]}`,
    run: async (say) => {
      const healed = await healRunning(docker, lab, host);
      const [done, version] = await start(docker, hostSpec(lab, host), say, `${host}: sshd and docker`, () =>
        probeHost(lab, host),
      );
      return `${done}, docker ${version}${healed.length === 0 ? "" : `, healed: ${healed.join(", ")}`}`;
    },
  });
  const ofSuite = (suite: Suite): Plan => ({
    title: `Hosts with Debian ${suite}`,
    inOrder: [
      ...imagesOf(lab.name)
        .filter((image) => suiteOf(image) === suite)
        .map((image) => ({ title: `Image ${image.name}`, run: (say: Say) => ensureImage(image, say) })),
      {
        title: "Containers",
        together: HOST_NAMES.filter((host) => suiteOf(machineOf(lab.name, host).image) === suite).map(hostStep),
      },
    ],
  });
  return { title: "Hosts", together: suitesOf(lab.name).map(ofSuite) };
}

function database(docker: Docker, lab: LabContext): Plan {
  const address = memberAddresses(lab.subnet).metadb;
  let server = OCEANBASE;
  return {
    title: "MetaDB",
    inOrder: [
      {
        title: "Image of the MetaDB",
        run: async (say) => {
          const ensured = await ensureServer(await serverOf(docker, lab), say);
          server = ensured.server;
          return ensured.done;
        },
      },
      {
        title: `metadb ${address}`,
        run: async (say) => {
          const query = () => ensureUser(lab, address, lab.secrets.metadbPassword);
          const [done, version] = await start(docker, metadbSpec(lab, server), say, `metadb: ${server.name}`, query);
          return `${done}, ${describeServer(server, version)}`;
        },
      },
    ],
  };
}

/** Images that the stacks put on the hosts. They share layers, so building one after the other is faster than side by side. */
function published(lab: string): Plan {
  return {
    title: "Images for the hosts",
    inOrder: [
      ...publishedImages(lab).map((image) => ({
        title: image.publishedTag,
        run: async (say: Say) => {
          const built = await ensureImage(image, say);
          say("saving as a tarball");
          return `${built}, ${await ensureTarball(image)}`;
        },
      })),
      { title: "Packages of OBProxy (a stand-in)", run: (say) => OBPROXY_PACKAGES.ensure(say) },
      { title: "Packages of DolphinDB (a stand-in)", run: (say) => DOLPHINDB_PACKAGES.ensure(say) },
    ],
  };
}
