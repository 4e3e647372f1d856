/** As many containers as the job of DOCKER_JOB has, on the same hosts, by Docker's provider and nothing else. They only sleep. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as docker from "@pulumi/docker";
import { containerDefaults } from "../../../components/container";
import type { Job } from "../job";

const job = JSON.parse(readFileSync(process.env.DOCKER_JOB ?? "", "utf8")) as Job;

const images = new Map(job.nodes.map((host) => [host, job.odc.image])).set(job.proxy, job.nginx.image);

for (const [host, image] of images) {
  const sshOpts = ["-F", join(job.folder, "ssh_config")];
  new docker.Container(
    `sleeper-${host}`,
    { ...containerDefaults, name: "sleeper", image, entrypoints: ["sleep", "infinity"] },
    // read back, the image is an ID
    { provider: new docker.Provider(host, { host: `ssh://${host}`, sshOpts }), ignoreChanges: ["image"] },
  );
}
