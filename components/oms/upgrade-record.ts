import type * as pulumi from "@pulumi/pulumi";
import { getHealth } from "../../provider/resources";
import type { Host } from "../host";
import { failedAttempt } from "../metadb/backups";
import { shellWord } from "../shell-word";
import { refusal } from "../validation";
import type { OmsSettings } from "./schema";

/** What the host of the backups knows of upgrades before this run changes anything. */
export interface UpgradeRecord {
  /** By what the last one was begun; empty where there was none. */
  last: string;
  /** When a backup failed last; empty when none has. */
  failed: string;
}

/** File on that host that tells by what the last upgrade was begun. */
export const recordOf = (name: string, { backup }: Pick<OmsSettings<Host>, "backup">): string =>
  `${backup.directory}/${name}-upgrade.txt`;

/**
 * Asks that host, in preview too.
 * @throws pulumi.ResourceError when it gives no answer: another one than last time would be taken for another upgrade
 */
export async function upgradeRecord(
  name: string,
  settings: Pick<OmsSettings<Host>, "backup">,
  host: Host,
  parent: pulumi.Resource,
): Promise<UpgradeRecord> {
  const last = `head -n 1 ${shellWord(recordOf(name, settings))} 2>/dev/null | tr -d '"\\134'`;
  const command = `printf '{"last":"%s","failed":"%s"}' "$(${last})" "$(${failedAttempt(settings.backup, name)})"`;
  const asked = getHealth({ host: host.data, command, extract: { last: "/last", failed: "/failed" } }, { parent });
  const { healthy, values, detail } = await host.answered(asked);
  if (!healthy) throw refusal(`host ${host.hostName} cannot be asked for its upgrades and backups`, [detail], parent);
  return { last: values.last ?? "", failed: values.failed ?? "" };
}
