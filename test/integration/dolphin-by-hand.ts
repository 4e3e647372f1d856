import { HOST_NAMES, type HostName } from "../../lab/src/name";
import { dolphinConfig, type DolphinSection, LICENSE } from "./dolphin-stack";
import { DEMO, HOME, prepareCluster, removeCluster, startWorkers, untilLed } from "./dolphin-stand-in";
import { on } from "./hosts";
import type { Config } from "./odc-config";

const USER = "dolphindb";

/** A stack's configuration for what was started by hand. */
export const adopting = (change: (dolphin: DolphinSection) => void = () => undefined): Config =>
  dolphinConfig((dolphin) => {
    Object.assign(dolphin, {
      adopt: true,
      clusterDemo: { directory: DEMO, user: USER },
      adminPassword: "First.Password+1",
    });
    change(dolphin);
  });

/**
 * A cluster as the vendor's page makes it: the package unpacked, the four files, the licence, controllers and agents started by the scripts
 * in clusterDemo, data and compute nodes through the leader. A user of its own runs it.
 */
export async function startDolphinByHand(): Promise<void> {
  await prepareCluster({
    license: LICENSE,
    controllerCfg: ["# written by hand", "raftElectionTick=200", "datanodeRestartInterval=5", "maxMemSize=1"],
    agentCfg: ["", "# written by hand", "maxMemSize = 1"],
    clusterCfg: ["lanCluster=0", "maxMemSize=2"],
  });
  const own = `id ${USER} >/dev/null 2>&1 || useradd ${USER}; chown -R ${USER}: ${HOME}; chmod +x ${HOME}/server/dolphindb`;
  await Promise.all(HOST_NAMES.map((host) => on(host, own)));
  for (const script of ["startController.sh", "startAgent.sh"])
    await Promise.all(
      HOST_NAMES.map((host) => on(host, `cd ${DEMO} && runuser -u ${USER} -- setsid sh ${script} </dev/null`)),
    );
  await startWorkers(await untilLed());
}

/** The processes of a host, a line each: mode and home, ID, start, user. */
export const processes = async (host: HostName): Promise<Record<string, string>> => {
  const said = await on(
    host,
    "for pid in $(pgrep -x dolphindb); do echo \"$(tr '\\0' ' ' </proc/$pid/cmdline | sed 's/.*-mode \\([a-z]*\\).*/\\1/') $(ps -o pid=,lstart=,user= -p $pid)\"; done",
  );
  return Object.fromEntries(
    said
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => [line.split(" ")[0] ?? "", line.split(" ").slice(1).join(" ").trim()]),
  );
};

/** The same of all hosts. */
export const allProcesses = (): Promise<Record<string, string>[]> => Promise.all(HOST_NAMES.map(processes));

/** What tells a file that was not touched: inode, time of its last change, owner. */
export const untouched = (file: string): Promise<string[]> =>
  Promise.all(HOST_NAMES.map((host) => on(host, `stat -c '%i %Y %U' ${DEMO}/config/${file}`)));

export async function removeDolphinByHand(): Promise<void> {
  await removeCluster();
  for (const host of HOST_NAMES) await on(host, `userdel ${USER} >/dev/null 2>&1; true`);
}
