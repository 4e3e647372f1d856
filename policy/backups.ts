import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { configSchema, least, resourcePolicy, settled, type Facts, type Setting } from "./policy";
import { COMMAND, CONTAINER, isInfluxDb, nameOf, typesOf } from "./resource";

const FACTS: Facts = {
  name: "upgrade-backup",
  description: "Nodes of ODC, OMS and DolphinDB get another version only when a backup has been made.",
  severity: "critical",
  enforcementLevel: "mandatory",
  remediationSteps: "Have each node depend on the step that makes the backup, as the components do.",
};

const KEPT_ON_DESTROY: Setting<boolean> = {
  default: true,
  schema: { type: "boolean", description: "Whether backups must stay when the deployment is destroyed." },
};

/** A new version may change metadata and data so that the former one cannot read them any more. */
export const upgradeBackup: StackValidationPolicy = {
  ...FACTS,
  configSchema: configSchema({}),
  validateStack: (stack, report) => {
    const { exempt } = settled({}, stack.getConfig());
    for (const node of stack.resources.filter(isNode)) {
      const deployment = nameOf(node.opts.parent ?? "");
      if (exempt.includes(deployment) || exempt.includes(node.name) || waitsForBackup(node, deployment)) continue;
      const kind = node.type.split(":").at(-1) ?? "";
      const rule = "another version may change data so that the former one cannot read them";
      const fix = "have it depend on the step that makes the backup, as the component does";
      report(`${kind} ${node.name} of ${deployment}: it waits for no backup: ${rule}; fix: ${fix}`, node.urn);
    }
  },
};

/** Containers of ODC's and OMS's nodes, and all nodes of a DolphinDB cluster; InfluxDB and nginx are none. */
function isNode({ type, urn, name }: PolicyResource): boolean {
  const parent = typesOf(urn).at(-2);
  if (parent === "dbha:index:DolphinHaCluster") return type === "dbha:index:DolphinNodes";
  if (type !== CONTAINER || isInfluxDb(name)) return false;
  return parent === "dbha:index:OdcHaDeployment" || parent === "dbha:index:OmsMultiNode";
}

/** DolphinDB's server is put in place by a resource that backs up before. */
const isBackup = ({ type, name }: PolicyResource, deployment: string): boolean =>
  type === "dbha:index:DolphinServer" || (type === COMMAND && name.startsWith(`${deployment}-backup-`));

function waitsForBackup(node: PolicyResource, deployment: string): boolean {
  const seen = new Set<PolicyResource>();
  const waiting = [node];
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (seen.has(one)) continue;
    seen.add(one);
    if (isBackup(one, deployment)) return true;
    waiting.push(...one.dependencies, ...Object.values(one.propertyDependencies).flat());
  }
  return false;
}

/** A backup that is gone is none. */
export const keptBackups = resourcePolicy(
  {
    name: "kept-backups",
    description: "Backups of ODC, OMS and DolphinDB are kept, several of them, and when the deployment is destroyed.",
    severity: "medium",
    enforcementLevel: "mandatory",
    remediationSteps: "Raise backup.keep, and leave backup.keepOnDestroy at true.",
  },
  { least: least(2, 1, "How many backups stay at least."), keptOnDestroy: KEPT_ON_DESTROY },
  ({ type, props }, settings) => {
    if (!/^dbha:index:(OdcHaDeployment|OmsMultiNode|DolphinHaCluster)$/.test(type)) return [];
    const { backup = {} } = props as { backup?: { keep?: number; keepOnDestroy?: boolean } };
    const { keep, keepOnDestroy } = backup;
    return [
      ...(keep !== undefined && keep < settings.least
        ? [
            {
              found: `backup.keep = ${keep}`,
              rule: `${settings.least} are needed: the newest may have what is to be taken back`,
              fix: `set it to ${settings.least} or more`,
            },
          ]
        : []),
      ...(keepOnDestroy === false && settings.keptOnDestroy
        ? [
            {
              found: "backup.keepOnDestroy = false",
              rule: "the backups would go with the deployment, by mistake too",
              fix: "remove it",
            },
          ]
        : []),
    ];
  },
);
