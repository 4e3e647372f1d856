import type { HostName } from "../../lab/src/lab";
import { loadByHand } from "./by-hand";
import { eventually, labHosts, on, theLab } from "./hosts";
import { PASSWORD, virtualAddress } from "./oms-stack";

/** OMS 4.2.7 as it is deployed by hand, as the vendor's document says. */
export interface OmsByHand {
  hosts: HostName[];
  /** The lines of a host's config.yaml after those about the MetaDB. */
  config: (host: HostName) => string;
  /** Certificate and key, in PEM, where the console is served by HTTPS. */
  https?: { crt: string; key: string };
}

/** The containers' name. */
const NAME = "oms_427";

/** Where the document's command has config.yaml on the host. */
export const configFile = "/data/config.yaml";

/** Where it has certificate and key. */
const tlsFiles = { crt: "/data/oms/https_crt", key: "/data/oms/https_key" };

const reference = (): string | undefined => theLab().images["oms-4.2.7"]?.reference;

/** The hosts that have a node, and the container's name there. */
export const nodesOf = ({ hosts }: OmsByHand): [HostName, string][] => hosts.map((host) => [host, NAME]);

/** One region of two nodes without a time-series database. */
export const twoNodes: OmsByHand = {
  hosts: ["p1", "p3"],
  // what is said of the time-series database is its default, and may be left out
  config: (host) => `drc_cm_heartbeat_db: oms_cm_heartbeat
cm_url: http://${virtualAddress()}:8088
cm_location: 1
cm_is_default: true
cm_nodes:
 - ${labHosts().p1.address}
 - ${labHosts().p3.address}
${host === "p1" ? "tsdb_enabled: false" : "# tsdb_enabled: false"}`,
};

/** The document's template of config.yaml. */
const config = (more: string): string => `# The information about OMS MetaDB.
oms_meta_host: metadb
oms_meta_port: 2881
oms_meta_user: oms@meta#lab
oms_meta_password: '${PASSWORD.replaceAll("'", "''")}'
drc_rm_db: oms_rm
drc_cm_db: oms_cm
${more}
`;

/** The document's command that runs a node, with nothing that it does not have. */
const runNode = (host: HostName, https: boolean): string => `docker run -dit --net host \
-v ${configFile}:/home/admin/conf/config.yaml \
-v /data/oms/oms_logs:/home/admin/logs \
-v /data/oms/oms_store:/home/ds/store \
-v /data/oms/oms_run:/home/ds/run \
${https ? `-v ${tlsFiles.crt}:/etc/pki/nginx/oms_server.crt -v ${tlsFiles.key}:/etc/pki/nginx/oms_server.key ` : ""}\
-e OMS_HOST_IP=${labHosts()[host].address} \
--privileged=true \
--pids-limit -1 \
--ulimit nproc=65535:65535 \
--name ${NAME} \
${reference()}`;

/** The virtual IP that somebody binds to the first node, by hand too. */
export const bindByHand = (): Promise<string> => on("p1", binding("add"));

const binding = (action: string): string =>
  `ip address ${action} ${virtualAddress()}/24 dev $(ip -o route show ${theLab().subnet} | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n 1)`;

/** Deploys it on an empty MetaDB, with the document's commands, one node after the other. */
export async function deployOmsByHand({ hosts, config: more, https }: OmsByHand): Promise<void> {
  await Promise.all(hosts.map((host) => loadByHand(host, "oms-4.2.7")));
  for (const host of hosts) {
    await on(host, `mkdir -p /data/oms && cat >${configFile} <<'END'\n${config(more(host))}END`);
    for (const [kind, text] of Object.entries(https ?? {}))
      await on(host, `umask 077; cat >${tlsFiles[kind as keyof typeof tlsFiles]} <<'END'\n${text.trim()}\nEND`);
    await on(host, runNode(host, https !== undefined));
    const supervised = `docker exec ${NAME} supervisorctl pid || true`;
    await eventually(
      `supervisord on ${host}`,
      30,
      () => on(host, supervised),
      (pid) => /^\d+$/.test(pid.trim()),
    );
    await on(host, `docker exec ${NAME} bash /root/docker_init.sh >/dev/null`);
    const health = `curl -sk ${https ? "https" : "http"}://127.0.0.1:8089/oms/health || true`;
    await eventually(
      `health of ${host}`,
      30,
      () => on(host, health),
      (text) => text.includes('"healthy":true'),
    );
  }
}

/** What tells nodes of which nothing was restarted: the processes of their services. */
export const servicesOf = (deployed: OmsByHand): Promise<string[]> =>
  Promise.all(
    nodesOf(deployed).map(([host, name]) =>
      on(host, `docker exec ${name} supervisorctl status | awk '{ print $1, $2, $4 }'`),
    ),
  );

/** config.yaml as it is there, and how often OMS was initialised. */
export const writtenOf = (deployed: OmsByHand): Promise<string[]> =>
  Promise.all(
    deployed.hosts.map((host) =>
      on(host, `stat -c %i ${configFile}; cat ${configFile}; ls /data/oms/oms_logs/docker_init*`),
    ),
  );

/** Takes away what of it is left. */
export async function removeOmsByHand({ hosts }: OmsByHand): Promise<void> {
  for (const host of hosts)
    await on(
      host,
      `docker rm -f ${NAME} oms_4210 >/dev/null 2>&1; docker rmi ${reference()} >/dev/null 2>&1; rm -rf /data`,
    ).catch(() => undefined);
  await on("p1", `${binding("del")} 2>/dev/null || true`);
}
