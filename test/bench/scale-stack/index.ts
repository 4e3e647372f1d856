/** The files of SCALE_JOB, each a resource or all of a host one, as SCALE_KIND says. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { File, Files } from "../../../provider/resources";
import type { ScaleJob } from "../scale-job";

const { hosts } = JSON.parse(readFileSync(process.env.SCALE_JOB ?? "", "utf8")) as ScaleJob;

const isOneForAll = process.env.SCALE_KIND === "Files";

for (const { data, files } of hosts)
  if (isOneForAll) {
    const contents = Object.entries(files).map(([path, content]) => [path, { content }] as const);
    new Files(data.name, { host: data, files: Object.fromEntries(contents) });
  } else
    for (const [path, content] of Object.entries(files))
      new File(`${data.name}-${basename(path)}`, { host: data, path, content });
