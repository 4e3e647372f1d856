import type { Instance } from "./instance";

/** What a unit of a controller or an agent is made of. */
export interface DolphinUnit {
  instance: Instance;
  /** Seconds that a node gets to write what it has in memory. */
  stopTimeout: number;
}

/** Seconds that a unit may take to stop and start: what its nodes get for their end, and as long as any other service for the rest. */
export const unitTimeout = (stopTimeout: number): number => stopTimeout + 300;

/** What a controller or an agent is started by. */
export const commandLine = ({ server, directory, config, logs }: Instance, mode: "controller" | "agent"): string => {
  const cluster =
    mode === "controller" ? ` -nodesFile ${config}/cluster.nodes -clusterConfig ${config}/cluster.cfg` : "";
  const files = `-config ${config}/${mode}.cfg${cluster}`;
  return `${server}/dolphindb -console 0 -mode ${mode} -home ${directory} -script ${server}/dolphindb.dos ${files} -logFile ${logs}/${mode}.log`;
};

/** One file, so that what the vendor's page exports for its scripts is the same for all. */
const service = ({ instance, stopTimeout }: DolphinUnit, mode: "controller" | "agent", lines: string): string => {
  const { user, work, server, byHand } = instance;
  const start = byHand
    ? `ExecStart=${byHand.run} ${mode}`
    : `Environment=LD_LIBRARY_PATH=${server}\nExecStart=${commandLine(instance, mode)}`;
  // the script kills what was started by hand itself
  const timeout = byHand ? stopTimeout + 30 : stopTimeout;
  return `[Service]
User=${user}
WorkingDirectory=${work}
${start}
Restart=always
RestartSec=10
StartLimitInterval=0
TimeoutStopSec=${timeout}
LimitNOFILE=infinity
LimitNPROC=infinity
LimitCORE=infinity
${lines}
[Install]
WantedBy=multi-user.target
`;
};

/**
 * The systemd unit of a host's controller. It stays in the foreground, so that systemd knows its PID and ends that process by TERM:
 * the vendor's scripts look for words in command lines, and with root's empty USER find nothing.
 */
export const renderControllerUnit = (unit: DolphinUnit): string => {
  return `[Unit]
Description=DolphinDB ${unit.instance.name}, controller
Documentation=https://www.dolphindb.com/
After=network-online.target
Wants=network-online.target

${service(unit, "controller", "KillMode=mixed\n")}`;
};

/**
 * The systemd unit of a host's agent. The data and compute nodes that it starts are in its control group: KillMode=process lets them
 * live when it ends or restarts, and OOMPolicy when one of them is ended for want of memory (systemd below 243 does so by itself).
 */
export const renderAgentUnit = (unit: DolphinUnit): string => {
  const lines = "KillMode=process\nOOMPolicy=continue\n";
  return `[Unit]
Description=DolphinDB ${unit.instance.name}, agent
Documentation=https://www.dolphindb.com/
After=network-online.target
Wants=network-online.target

${service(unit, "agent", lines)}`;
};

/**
 * The systemd unit by which the data and compute nodes of a host end: at its shutdown, before the agent's unit, else the kernel would
 * end them without their writing what they have in memory; and when the deployment is removed. It starts nothing: agents do. Another text
 * would end the nodes, as it restarts the unit: how long they may take is in the script.
 */
export const renderNodesUnit = ({ name, units, user, stopNodes }: Instance): string => `[Unit]
Description=DolphinDB ${name}, end of data and compute nodes
After=${units.agent}.service network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
User=${user}
ExecStart=/bin/true
ExecStop=${stopNodes}
TimeoutStopSec=0

[Install]
WantedBy=multi-user.target
`;
