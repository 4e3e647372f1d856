import { spawn } from "node:child_process";
import type Docker from "dockerode";
import { IMAGE_LABEL } from "./docker";

/** What Docker is to build. */
export interface Build {
  name: string;
  tag: string;
  /** Tag of the image that it is built on. */
  base: string;
  /** Directories whose files together are the context. */
  context: readonly string[];
  buildArguments: Readonly<Record<string, string>>;
}

/** Builds an image. `say` gets its steps. */
export async function buildImage(docker: Docker, build: Build, say: (line: string) => void): Promise<void> {
  const files = build.context.flatMap((directory) => ["-C", directory, "."]);
  const context = spawn("tar", ["-cf", "-", ...files], { stdio: ["ignore", "pipe", "inherit"] });
  const stream = await docker.buildImage(context.stdout, {
    t: build.tag,
    buildargs: { BASE: build.base, ...build.buildArguments },
    labels: { [IMAGE_LABEL]: build.name },
    // the package sources may be reachable from the machine's own network only
    networkmode: "host",
    forcerm: true,
  });
  await follow(docker, stream, build.name, say);
}

interface BuildEvent {
  stream?: string;
  error?: string;
}

function follow(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  name: string,
  say: (line: string) => void,
): Promise<void> {
  const output: string[] = [];
  return new Promise((resolve, reject) => {
    const onEvent = (event: BuildEvent): void => {
      const line = (event.stream ?? event.error ?? "").trim();
      if (line === "") return;
      output.push(line);
      const step = /^Step (\d+)\/(\d+) : RUN/.exec(line);
      if (step !== null) say(`running step ${step[1] ?? ""} of ${step[2] ?? ""}`);
    };
    const onEnd = (error: Error | null, events: BuildEvent[] | null): void => {
      const failure = error?.message ?? events?.find((event) => event.error !== undefined)?.error;
      if (failure === undefined) resolve();
      else reject(new Error(`building image ${name}: ${failure}\n${output.slice(-15).join("\n")}`));
    };
    docker.modem.followProgress(stream, onEnd, onEvent);
  });
}
