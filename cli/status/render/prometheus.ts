import type { DeploymentStatus, PartStatus, ServedStatus, Status } from "../status";

/** A metric with its values; all are gauges. */
interface Metric {
  name: string;
  help: string;
  samples: { labels: Record<string, string>; value: number }[];
}

const LEVELS = ["ok", "warning", "critical"] as const;

/** A status in Prometheus' text format (version 0.0.4), as a file for the node exporter's textfile collector, or an answer to a scrape. */
export function renderPrometheus(status: Status): string {
  const stack = { project: status.project, stack: status.stack };
  const metrics = metricsOf(status).filter(({ samples }) => samples.length > 0);
  return metrics
    .map(({ name, help, samples }) =>
      [
        `# HELP ${name} ${escapeHelp(help)}`,
        `# TYPE ${name} gauge`,
        ...samples.map(({ labels, value }) => `${name}{${renderLabels({ ...stack, ...labels })}} ${value}`),
      ].join("\n"),
    )
    .join("\n")
    .concat("\n");
}

function metricsOf(status: Status): Metric[] {
  const { deployments } = status;
  const of = (name: string, help: string, samples: Metric["samples"]): Metric => ({
    name: `dbha_${name}`,
    help,
    samples,
  });
  const flag = (is: boolean): number => (is ? 1 : 0);
  const seconds = (iso: string): number => Date.parse(iso) / 1000;
  const each = (samples: (deployment: DeploymentStatus) => Metric["samples"]): Metric["samples"] =>
    deployments.flatMap((one) =>
      samples(one).map(({ labels, value }) => ({ labels: { deployment: one.name, type: one.type, ...labels }, value })),
    );
  const parts = (
    value: (part: PartStatus) => number | undefined,
    further: (part: PartStatus) => Record<string, string> = () => ({}),
  ) =>
    each(({ parts: all }) =>
      all.flatMap((part) => {
        const found = value(part);
        return found === undefined ? [] : [{ labels: { ...partLabels(part), ...further(part) }, value: found }];
      }),
    );
  return [
    of("status", "How the stack is: 0 ok, 1 warning, 2 critical.", [
      { labels: {}, value: LEVELS.indexOf(status.level) },
    ]),
    of("look_timestamp_seconds", "When the hosts were looked at.", [{ labels: {}, value: seconds(status.time) }]),
    of(
      "deployed_timestamp_seconds",
      "When the state was written last.",
      status.deployed === "" ? [] : [{ labels: {}, value: seconds(status.deployed) }],
    ),
    of(
      "findings",
      "Findings by level.",
      (["warning", "critical"] as const).map((level) => ({
        labels: { level },
        value: status.findings.filter((one) => one.level === level).length,
      })),
    ),
    of(
      "host_reached",
      "Whether the host was reached; a host that is marked as lost is not asked.",
      status.hosts
        .filter(({ state }) => state !== "lost")
        .map(({ name, address, state }) => ({ labels: { host: name, address }, value: flag(state === "reached") })),
    ),
    of(
      "host_lost",
      "Whether the host is marked as lost.",
      status.hosts.map(({ name, address, state }) => ({
        labels: { host: name, address },
        value: flag(state === "lost"),
      })),
    ),
    of(
      "deployment_status",
      "How the deployment is: 0 ok, 1 warning, 2 critical.",
      each(({ level }) => [{ labels: {}, value: LEVELS.indexOf(level) }]),
    ),
    of(
      "part_healthy",
      "Whether a part is healthy; 0 too where its host was not reached.",
      parts(({ health }) => (health === "lost" ? undefined : flag(health === "healthy"))),
    ),
    of(
      "part_info",
      "Endpoint and version of a part; always 1.",
      parts(
        () => 1,
        ({ endpoint, version }) => ({ endpoint, version }),
      ),
    ),
    of(
      "leader",
      "Whether a controller leads its cluster.",
      parts(({ layer, leads }) => (layer === "vip" || leads === null ? undefined : flag(leads))),
    ),
    of(
      "virtual_ip_holder",
      "Whether the host has the virtual IP.",
      each(({ virtualIps }) =>
        virtualIps.flatMap(({ address, hosts, holders }) =>
          hosts.map((host) => ({ labels: { address, host }, value: flag(holders.includes(host)) })),
        ),
      ),
    ),
    of(
      "certificate_end_timestamp_seconds",
      "When the certificate ends.",
      each(({ certificates }) =>
        certificates.map(({ name, end }) => ({ labels: { certificate: name }, value: seconds(end) })),
      ),
    ),
    of(
      "served_certificate_end_timestamp_seconds",
      "When the certificate ends that a server shows.",
      served(each, ({ end }) => (end === "" ? undefined : seconds(end))),
    ),
    of(
      "served_certificate_deployed",
      "Whether the certificate that a server shows is the one that was deployed.",
      served(each, ({ shows }) => (/^(deployed|other)$/.test(shows) ? flag(shows === "deployed") : undefined)),
    ),
    of(
      "license_end_timestamp_seconds",
      "When the licence ends.",
      each(({ license }) => (license ? [{ labels: {}, value: seconds(license.end) }] : [])),
    ),
    of(
      "backup_proven",
      "Whether the last backup was restored for a proof.",
      backups(each, ({ proof }) => flag(proof === "restored")),
    ),
    of(
      "backup_proven_timestamp_seconds",
      "When the last backup was proven.",
      backups(each, ({ provenAt }) => (provenAt === "" ? undefined : seconds(provenAt))),
    ),
    of(
      "backup_size_bytes",
      "Size of the last backup.",
      backups(each, ({ bytes }) => bytes),
    ),
    of(
      "backup_there",
      "Whether the last backup lies on its host.",
      backups(each, ({ there }) => (there === null ? undefined : flag(there))),
    ),
    of(
      "metadata_backup_proven_timestamp_seconds",
      "When the last backup of DolphinDB's metadata was made and proven.",
      each(({ metadataBackup: last }) => (last ? [{ labels: {}, value: seconds(last.provenAt) }] : [])),
    ),
    of(
      "metadata_backup_there",
      "Whether every host has its part of the last backup of DolphinDB's metadata.",
      each(({ metadataBackup: last }) =>
        last === null || last.there === null ? [] : [{ labels: {}, value: flag(last.there) }],
      ),
    ),
    of(
      "drifted_resources",
      "Resources that are not as they were deployed.",
      each(({ name }) => [{ labels: {}, value: status.drift.filter(({ deployment }) => deployment === name).length }]),
    ),
  ];
}

const partLabels = ({ part, alias, host }: PartStatus): Record<string, string> => ({
  part,
  host,
  ...(alias !== "" && { alias }),
});

function served(
  each: (samples: (deployment: DeploymentStatus) => Metric["samples"]) => Metric["samples"],
  value: (one: ServedStatus) => number | undefined,
): Metric["samples"] {
  return each(({ served: all }) =>
    all.flatMap((one) => {
      const { part, host, endpoint } = one;
      const found = value(one);
      return found === undefined ? [] : [{ labels: { part, host, endpoint }, value: found }];
    }),
  );
}

function backups(
  each: (samples: (deployment: DeploymentStatus) => Metric["samples"]) => Metric["samples"],
  value: (backup: NonNullable<DeploymentStatus["backup"]>) => number | undefined,
): Metric["samples"] {
  return each(({ backup }) => {
    const found = backup === null || backup.path === "" ? undefined : value(backup);
    return found === undefined ? [] : [{ labels: { host: backup?.host ?? "" }, value: found }];
  });
}

const renderLabels = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(",");

const escapeHelp = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', '\\"');
