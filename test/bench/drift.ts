import { type HostName, run } from "../../lab/src/lab";
import { makeBare } from "./hosts";
import type { Job } from "./job";
import type { Session } from "./session";
import type { Tool } from "./tool";
import { inspectJob } from "./verify";

/** A change behind the tools' back, and how to take it back where a tool does not. */
interface Drift {
  name: string;
  host: (job: Job) => HostName;
  make: (job: Job) => string;
  undo: (job: Job) => string;
}

const proxy = (job: Job): HostName => job.proxy;
const firstNode = (job: Job): HostName => job.nodes[0] as HostName;
const file = ({ nginx }: Job): string => `${nginx.directory}/nginx.conf`;

const DRIFTS: readonly Drift[] = [
  {
    name: "content of nginx.conf",
    host: proxy,
    make: (job) =>
      `cp -p ${file(job)} /tmp/nginx.conf && sed -i 's/keepalive_timeout .*/keepalive_timeout 1;/' ${file(job)}`,
    undo: (job) => `cp -p /tmp/nginx.conf ${file(job)}`,
  },
  {
    name: "mode of nginx.conf",
    host: proxy,
    make: (job) => `chmod 0600 ${file(job)}`,
    undo: (job) => `chmod 0644 ${file(job)}`,
  },
  {
    name: "owner of a directory",
    host: firstNode,
    make: ({ odc }) => `chown nobody ${odc.directories[0] ?? ""}`,
    undo: ({ odc }) => `chown root ${odc.directories[0] ?? ""}`,
  },
  {
    name: "container stopped",
    host: firstNode,
    make: ({ odc }) => `docker stop ${odc.name}`,
    undo: ({ odc }) => `docker start ${odc.name}`,
  },
  {
    name: "container removed",
    host: proxy,
    make: ({ nginx }) => `docker rm -f ${nginx.name}`,
    undo: () => "true",
  },
  {
    name: "restart policy of a container",
    host: firstNode,
    make: ({ odc }) => `docker update --restart no ${odc.name}`,
    undo: ({ odc }) => `docker update --restart ${odc.restart} ${odc.name}`,
  },
  {
    name: "memory limit of a container",
    host: firstNode,
    make: ({ odc }) => `docker update --memory 4g --memory-swap 8g ${odc.name}`,
    undo: ({ odc }) => `docker update --memory ${odc.memoryMiB}m --memory-swap ${odc.memoryMiB * 2}m ${odc.name}`,
  },
];

/** By change, then by tool: whether the tool's next run put it right. */
export type DriftFigures = Record<string, Record<string, boolean>>;

/** Changes one thing after the other behind each tool's back, and looks whether its next run puts it right. */
export async function driftFigures(session: Session, tools: readonly Tool[]): Promise<DriftFigures> {
  const figures: DriftFigures = Object.fromEntries(DRIFTS.map(({ name }) => [name, {}]));
  for (const tool of tools) {
    const job = session.job();
    await makeBare(session.lab, job);
    await tool.forget(session.signal);
    await session.sample(`drift, ${tool.name}: deploy`, tool.deploy(job));
    for (const drift of DRIFTS) {
      await run(session.lab, drift.host(job), drift.make(job));
      await session.sample(`drift, ${tool.name}: ${drift.name}`, tool.deploy(job));
      const { faults } = await inspectJob(session.lab, job);
      (figures[drift.name] ??= {})[tool.name] = faults.length === 0;
      if (faults.length > 0) await run(session.lab, drift.host(job), drift.undo(job));
    }
  }
  return figures;
}
