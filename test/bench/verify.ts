import { readFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { type HostName, type Lab, run } from "../../lab/src/lab";
import type { Job, JobContainer } from "./job";

/** The job as it was found on the hosts. */
export interface Found {
  /** Settings that differ from the job: host, what, found and wanted. Empty when the job is done. */
  faults: string[];
  /** The containers with the time of their start: the same as long as none was replaced or restarted. */
  containers: string[];
}

/** Looks at everything that the job asks for, past the tools. */
export async function inspectJob(lab: Lab, job: Job): Promise<Found> {
  const found = await Promise.all([...job.nodes.map((host) => inspectNode(lab, job, host)), inspectProxy(lab, job)]);
  return { faults: found.flatMap(({ faults }) => faults), containers: found.flatMap(({ containers }) => containers) };
}

async function inspectNode(lab: Lab, { odc }: Job, host: HostName): Promise<Found> {
  const own = {
    CpuPeriod: odc.cpuPeriod,
    CpuQuota: odc.cpuQuota,
    Memory: odc.memoryMiB * 2 ** 20,
    MemorySwap: odc.memoryMiB * 2 ** 21,
    OpenStdin: true,
  };
  const environment = Object.entries(odc.environments[host] ?? {}).map(([name, value]) =>
    // dbha makes a random one unless told otherwise
    name === "ODC_ADMIN_INITIAL_PASSWORD" ? `${name}=` : `${name}=${value}`,
  );
  const container = await inspectContainer(lab, host, odc, own, environment);
  const directories = await run(lab, host, `stat -c '%n %a %U:%G' ${odc.directories.join(" ")} 2>&1 || :`);
  const wanted = odc.directories.map((path) => `${path} 755 root:root`).join("\n");
  return {
    ...container,
    faults: [...container.faults, ...differences(host, { directories }, { directories: wanted })],
  };
}

async function inspectProxy(lab: Lab, { folder, nginx, proxy, healthPath }: Job): Promise<Found> {
  const own = { CpuPeriod: 0, CpuQuota: 0, Memory: 0, MemorySwap: 0, OpenStdin: false };
  const container = await inspectContainer(lab, proxy, nginx, own, []);
  const file = `${nginx.directory}/nginx.conf`;
  const [content, mode, serves, running] = await Promise.all(
    [
      `cat ${file} || :`,
      `stat -c '%a %U:%G' ${file} || :`,
      `curl -s -m 10 http://127.0.0.1:${nginx.port}${healthPath} | tr -d ' ' | grep -o '"data":true' || :`,
      `docker exec ${nginx.name} nginx -T -c ${nginx.configFile} 2>/dev/null | grep -o 'proxy_read_timeout [0-9]*' || :`,
    ].map((command) => run(lab, proxy, command)),
  );
  const wanted = {
    "nginx.conf": readFileSync(join(folder, "nginx.conf"), "utf8").trim(),
    mode: "644 root:root",
    health: '"data":true',
    "configuration in the container": `proxy_read_timeout ${nginx.transferTimeout}`,
  };
  const found = { "nginx.conf": content, mode, health: serves, "configuration in the container": running };
  return { ...container, faults: [...container.faults, ...differences(proxy, found, wanted)] };
}

/** @param own further settings; @param environment of which none may be missing. */
async function inspectContainer(
  lab: Lab,
  host: HostName,
  wanted: JobContainer,
  own: Record<string, unknown>,
  environment: string[],
): Promise<Found> {
  const text = await run(lab, host, `docker inspect ${wanted.name} 2>/dev/null || :`);
  const [container] = JSON.parse(text) as Docker.ContainerInspectInfo[];
  if (container === undefined) return { faults: [`${host}: there is no container ${wanted.name}`], containers: [] };
  const { Config, HostConfig, State } = container;
  const image = await run(lab, host, `docker image inspect -f '{{.Id}}' ${wanted.image} 2>/dev/null || :`);
  const found = {
    running: State.Running,
    image: container.Image,
    network: HostConfig.NetworkMode,
    ipc: HostConfig.IpcMode,
    restart: HostConfig.RestartPolicy?.Name,
    log: [HostConfig.LogConfig?.Type, sorted((HostConfig.LogConfig?.Config ?? {}) as Record<string, string>)],
    volumes: HostConfig.Binds?.map((bind) => bind.replace(/:rw$/, "")).sort(),
    missingVariables: environment
      .filter(
        (wanted) => !Config.Env.some((line) => (wanted.endsWith("=") ? line.startsWith(wanted) : line === wanted)),
      )
      .map((line) => line.split("=")[0]),
    CpuPeriod: HostConfig.CpuPeriod,
    CpuQuota: HostConfig.CpuQuota,
    Memory: HostConfig.Memory,
    MemorySwap: HostConfig.MemorySwap,
    OpenStdin: Config.OpenStdin,
    ...(wanted.command.length > 0 ? { command: Config.Cmd } : {}),
  };
  const expected = {
    running: true,
    image,
    network: wanted.networkMode,
    ipc: wanted.ipcMode,
    restart: wanted.restart,
    log: [wanted.logDriver, sorted(wanted.logOptions)],
    volumes: [...wanted.volumes].sort(),
    missingVariables: [],
    ...own,
    ...(wanted.command.length > 0 ? { command: wanted.command } : {}),
  };
  return {
    faults: differences(`${host}: ${wanted.name}`, found, expected),
    containers: [`${container.Id} ${State.StartedAt}`],
  };
}

const sorted = (options: Record<string, string>): [string, string][] =>
  Object.entries(options).sort(([a], [b]) => a.localeCompare(b));

function differences(where: string, found: Record<string, unknown>, wanted: Record<string, unknown>): string[] {
  return Object.entries(wanted)
    .filter(([name, value]) => JSON.stringify(found[name]) !== JSON.stringify(value))
    .map(([name, value]) => `${where}: ${name} is ${JSON.stringify(found[name])}, wanted is ${JSON.stringify(value)}`);
}

/** What a destruction left behind that it should have removed. */
export async function leftovers(lab: Lab, { nginx, odc }: Job): Promise<string[]> {
  const command = `docker ps -a --format 'container {{.Names}}'
    docker images --format 'image {{.Repository}}:{{.Tag}}'
    ls -d ${nginx.directory} /root/${odc.name}.env 2>/dev/null || :`;
  const hosts = Object.keys(lab.hosts) as HostName[];
  const found = await Promise.all(
    hosts.map(async (host) =>
      (await run(lab, host, command))
        .split("\n")
        .filter(Boolean)
        .map((line) => `${host}: ${line}`),
    ),
  );
  return found.flat();
}
