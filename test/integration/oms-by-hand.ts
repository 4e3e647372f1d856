import type { HostName } from "../../lab/src/lab";
import { loadByHand } from "./by-hand";
import { eventually, labHosts, on, theLab } from "./hosts";
import { PASSWORD, virtualAddress } from "./oms-stack";

/** The hosts that have a node, and the container's name there. */
export const nodes: [HostName, string][] = [
  ["p1", "oms_427"],
  ["p3", "oms_427"],
];

/** Where the document's command has config.yaml on the host. */
export const configFile = "/data/config.yaml";

/** The document's template of config.yaml, for one region of two nodes without a time-series database. */
const config = (more: string): string => `# The information about OMS MetaDB.
oms_meta_host: metadb
oms_meta_port: 2881
oms_meta_user: oms@meta#lab
oms_meta_password: '${PASSWORD.replaceAll("'", "''")}'
drc_rm_db: oms_rm
drc_cm_db: oms_cm
drc_cm_heartbeat_db: oms_cm_heartbeat
cm_url: http://${virtualAddress()}:8088
cm_location: 1
cm_is_default: true
cm_nodes:
${nodes.map(([host]) => ` - ${labHosts()[host].address}`).join("\n")}
${more}
`;

/** The document's command that runs a node, with nothing that it does not have. */
const runNode = (host: HostName, name: string): string => `docker run -dit --net host \
-v ${configFile}:/home/admin/conf/config.yaml \
-v /data/oms/oms_logs:/home/admin/logs \
-v /data/oms/oms_store:/home/ds/store \
-v /data/oms/oms_run:/home/ds/run \
-e OMS_HOST_IP=${labHosts()[host].address} \
--privileged=true \
--pids-limit -1 \
--ulimit nproc=65535:65535 \
--name ${name} \
${theLab().images["oms-4.2.7"]?.reference}`;

/** The virtual IP that somebody has bound to the first node, by hand too. */
const bind = (action: string): string =>
  `ip address ${action} ${virtualAddress()}/24 dev $(ip -o route show ${theLab().subnet} | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n 1)`;

/** OMS 4.2.7 on p1 and p3, deployed as the vendor's document says, by hand, on an empty MetaDB. */
export async function deployOmsByHand(): Promise<void> {
  await Promise.all(nodes.map(([host]) => loadByHand(host, "oms-4.2.7")));
  await on("p1", bind("add"));
  for (const [host, name] of nodes) {
    // what is said of the time-series database is its default, and may be left out
    const text = config(host === "p1" ? "tsdb_enabled: false" : "# tsdb_enabled: false");
    await on(host, `mkdir -p /data/oms && cat >${configFile} <<'END'\n${text}END`);
    await on(host, runNode(host, name));
    const supervised = `docker exec ${name} supervisorctl pid || true`;
    await eventually(
      `supervisord on ${host}`,
      30,
      () => on(host, supervised),
      (pid) => /^\d+$/.test(pid.trim()),
    );
    await on(host, `docker exec ${name} bash /root/docker_init.sh >/dev/null`);
    const health = `curl -s http://127.0.0.1:8089/oms/health || true`;
    await eventually(
      `health of ${host}`,
      30,
      () => on(host, health),
      (text) => text.includes('"healthy":true'),
    );
  }
}

/** Takes away what of it is left. */
export async function removeOmsByHand(): Promise<void> {
  for (const [host, name] of nodes)
    await on(
      host,
      `docker rm -f ${name} oms_4210 >/dev/null 2>&1; docker rmi ${theLab().images["oms-4.2.7"]?.reference} >/dev/null 2>&1; rm -rf /data`,
    ).catch(() => undefined);
  await on("p1", `${bind("del")} 2>/dev/null || true`);
}
