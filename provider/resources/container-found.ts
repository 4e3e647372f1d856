import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";

/** Arguments of `getContainer`. */
export interface GetContainerArgs {
  /** The host to ask. */
  host: HostData;
  /**
   * Name of the container.
   * @example "obodc"
   */
  name: string;
  /**
   * A text file to read as the container sees it, of which 256 KiB are read. A container that does not run shows none.
   * @default none
   * @example "/etc/nginx/nginx.conf"
   */
  file?: string;
}

/** A directory or file of the host within a container. */
export interface ContainerMount {
  /** Path on the host, or name of a volume. */
  source: string;
  /** Path in the container. */
  target: string;
  /** Whether the container may not write there. */
  readOnly: boolean;
}

/** A container as it was made, whoever made it. */
export interface FoundContainer {
  /** Its ID. */
  id: string;
  /** Whether it runs. */
  running: boolean;
  /** ID of its image. */
  image: string;
  /** Name of the image that it was made with. */
  reference: string;
  /** `NAME=value`, without what is the image's own. There may be secrets among them: show none of it. */
  environment: string[];
  /** `NAME=value` of the image. */
  imageEnvironment: string[];
  /** Its command; empty where it is the image's. */
  command: string[];
  /** Its restart policy; `no` without one. */
  restart: string;
  /** Its network, like `host` or `bridge`. */
  networkMode: string;
  /** Ports that are published for it, `OUTSIDE:INSIDE/PROTOCOL`. */
  ports: string[];
  /** Where its log goes, like `json-file`. */
  logDriver: string;
  /** Options of that, `NAME=value`. */
  logOptions: string[];
  /** Memory limit in MiB; 0 without one. */
  memory: number;
  /** Limit of processor cores; 0 without one. */
  cpus: number;
  /** Whether it may do all that the host's root may. */
  privileged: boolean;
  /** `NAME=SOFT:HARD`. */
  ulimits: string[];
  /** `NAME=value`, without what is the image's own. */
  labels: string[];
  /** What of the host, or which volumes, are mounted. */
  mounts: ContainerMount[];
  /** The text of the file that was asked for; missing where there is none. */
  file?: string;
}

/**
 * Asks a host's Docker Engine how a container was made. Runs in preview too.
 * @returns undefined where there is none of that name
 * @throws when the host or its Engine cannot be reached, naming the host and what to check
 */
export async function getContainer(
  args: GetContainerArgs,
  opts?: pulumi.InvokeOptions,
): Promise<FoundContainer | undefined> {
  const answer = (await pulumi.runtime.invoke("dbha:index:getContainer", { ...args }, opts ?? {})) as {
    container?: FoundContainer;
  };
  return answer.container;
}

/** Arguments of `noteAdoption`. */
export interface NoteAdoptionArgs {
  /** The host of the container. */
  host: HostData;
  /** Name of the container. */
  name: string;
  /** Its ID. */
  id: string;
  /** A hash of what it is to be, without spaces; empty for one that the stack has made. */
  wanted: string;
  /** ID of its image, an `Image` of the same stack, with which the note goes. */
  image: string;
  /** URN of the container's resource. */
  user: string;
}

/** Notes on a host which container a stack has taken over: `getHostFacts` tells of it, as `adopted`. */
export async function noteAdoption(args: NoteAdoptionArgs, opts?: pulumi.InvokeOptions): Promise<void> {
  await pulumi.runtime.invoke("dbha:index:noteAdoption", { ...args }, opts ?? {});
}
