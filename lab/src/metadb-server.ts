import type Docker from "dockerode";
import type { ContainerSpec, SeedFile } from "./container";
import { DIRECTORY_LABEL, IMAGE_LABEL, LAB_LABEL, orUndefined } from "./docker";
import { endpoint, type LabContext } from "./hosts";
import { ensureImage, imageTag, MARIADB_IMAGE, SEEKDB_IMAGE, type ImageDefinition } from "./images";
import { initStatements, ROOT_PASSWORD_FILE } from "./metadb";
import { Unavailable } from "./seekdb";
import { memberAddresses } from "./subnet";

/** A database server that can be the lab's MetaDB. */
export interface MetadbServer {
  name: string;
  image: ImageDefinition;
  /** Where its container has the lab's volume. */
  data: string;
  /** What it is given before its first start. */
  files: (password: string) => SeedFile[];
  /** What users of the lab are told beside its name. */
  remark: string;
}

/** The real thing. It runs no statements at its start: the lab makes database and user. */
export const OCEANBASE: MetadbServer = {
  name: "OceanBase",
  image: SEEKDB_IMAGE,
  data: "/var/lib/seekdb",
  files: () => [],
  remark: "",
};

/** The number of the user mysql is not fixed; only that user may enter the directory, so the files in it may be open. */
const seed = (path: string, content: string): SeedFile => ({ path, content, mode: 0o444, owner: { uid: 0, gid: 0 } });

/** What takes its place where it cannot be had. */
export const MARIADB: MetadbServer = {
  name: "MariaDB",
  image: MARIADB_IMAGE,
  data: "/var/lib/mysql",
  files: (password) => {
    const root = ["CREATE USER IF NOT EXISTS root@'%'", `ALTER USER root@'%' IDENTIFIED BY '${password}'`];
    const statements = [...initStatements(password), ...root, "GRANT ALL PRIVILEGES ON *.* TO root@'%'"];
    return [
      seed("/etc/metadb/init.sql", statements.map((statement) => `${statement};\n`).join("")),
      seed(ROOT_PASSWORD_FILE, password),
    ];
  },
  remark: " IN THE PLACE OF OCEANBASE, which the real ODC needs; lab/down and lab/up try again to get that",
};

/** From the best to the last. */
const SERVERS: readonly MetadbServer[] = [OCEANBASE, MARIADB];

/** The server that a lab's container was made with; undefined when there is none, or one that the lab knows no more. */
export async function serverOf(docker: Docker, lab: Pick<LabContext, "names">): Promise<MetadbServer | undefined> {
  const container = await orUndefined(docker.getContainer(lab.names.container("metadb")).inspect());
  const image = container?.Config.Labels[IMAGE_LABEL];
  return SERVERS.find((server) => server.image.name === image);
}

/**
 * Makes sure of the image of a lab's server: the one that the lab has, as its data is there, else the first that can be had.
 * Returns it, and what was done.
 */
export async function ensureServer(
  kept: MetadbServer | undefined,
  say: (line: string) => void,
  make: typeof ensureImage = ensureImage,
): Promise<{ server: MetadbServer; done: string }> {
  const reasons: string[] = [];
  for (const server of kept === undefined ? SERVERS : [kept]) {
    try {
      const done = `${server.name}${server.remark}, ${await make(server.image, say)}`;
      return { server, done: [done, ...reasons].join("; ") };
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      reasons.push(error.message);
    }
  }
  throw new Error(reasons.join("; "));
}

/** The MetaDB, with its data in a volume of the lab. */
export function metadbSpec(lab: LabContext, server: MetadbServer): ContainerSpec {
  return {
    name: lab.names.container("metadb"),
    lab,
    options: {
      Image: imageTag(server.image),
      Hostname: "metadb",
      HostConfig: {
        NetworkMode: lab.names.network,
        Mounts: [
          {
            Type: "volume",
            Source: lab.names.volume(server.image.name),
            Target: server.data,
            VolumeOptions: {
              NoCopy: false,
              Labels: { [LAB_LABEL]: lab.name, [DIRECTORY_LABEL]: lab.directory },
              DriverConfig: { Name: "local", Options: {} },
            },
          },
        ],
      },
      ...endpoint(lab, memberAddresses(lab.subnet).metadb),
    },
    files: server.files(lab.secrets.metadbPassword),
  };
}

/** How lab/status and lab/up tell of a server that answers. */
export const describeServer = (server: MetadbServer, version: string): string =>
  `${server.name} ${version}${server.remark}`;
