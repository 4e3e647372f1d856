import { statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Job } from "./job";
import type { Command } from "./measure";
import { stateless, type Tool } from "./tool";

const scripts = resolve("test/bench/shell");

/** What an administrator with time and care writes by hand: one ssh a host, all hosts side by side. */
export const shell: Tool = {
  ...stateless,
  name: "shell",
  prepare: () => Promise.resolve("bash, ssh and docker by hand"),
  deploy: (job) => run("deploy.sh", job),
  destroy: (job) => run("destroy.sh", job),
};

function run(script: string, job: Job): Command {
  writeFileSync(join(job.folder, "settings.sh"), shellSettings(job), { mode: 0o600 });
  return { program: join(scripts, script), args: [job.folder] };
}

/** The job without its secrets as assignments that any shell reads. */
function shellSettings({ nodes, proxy, odc, nginx, healthPath, versionPath }: Job): string {
  const [log, data] = odc.directories;
  const settings = {
    nodes: nodes.join(" "),
    proxy,
    odc_name: odc.name,
    odc_image: odc.image,
    odc_tarball: odc.tarball,
    odc_bytes: statSync(odc.tarball).size,
    odc_log: log,
    odc_data: data,
    odc_cpu_quota: odc.cpuQuota,
    odc_memory: odc.memoryMiB,
    odc_port: odc.port,
    nginx_name: nginx.name,
    nginx_image: nginx.image,
    nginx_tarball: nginx.tarball,
    nginx_bytes: statSync(nginx.tarball).size,
    nginx_directory: nginx.directory,
    nginx_config: nginx.configFile,
    nginx_port: nginx.port,
    health_path: healthPath,
    version_path: versionPath,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}='${String(value).replaceAll("'", `'\\''`)}'\n`)
    .join("");
}
