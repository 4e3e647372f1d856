import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { getHealth } from "../../provider/resources";
import type { Host } from "../host";
import { NOTHING_TO_DO, scriptCommand } from "../metadb/command";
import { sentence } from "../validation";
import { renderOmsMetaDbScript, type OmsMetaDb } from "./metadb";

/** The MetaDB as seen from the host whose client asks it, and where that keeps what it has to remember. */
export interface MetaDbSide {
  /** The deployment's name. */
  name: string;
  host: Host;
  directory: string;
  metaDb: pulumi.Output<OmsMetaDb>;
}

/** Why an upgrade must wait: HA would move tasks from nodes that are stopped. Asked in preview too. */
export async function haProblem(
  side: MetaDbSide,
  known: OmsMetaDb,
  parent: pulumi.Resource,
): Promise<string | undefined> {
  const { host, directory, name } = side;
  const script = renderOmsMetaDbScript({ ...known, directory, name }, ["ha_look"]);
  const asked = getHealth(
    { host: host.data, command: `set -- ha_look\n${script}`, extract: { enabled: "/enabled" } },
    { parent },
  );
  const { healthy, values, detail } = await host.answered(asked);
  if (!healthy)
    return sentence(
      `host ${host.hostName}: whether HA is on cannot be asked: ${detail}`,
      "mend that, then run this again",
    );
  if (values.enabled !== "true") return undefined;
  return sentence(
    "HA is on (ha.config, enable), and would move tasks between nodes while all of them are stopped",
    "switch it off in the console (System Management, System Parameters, ha.config), or set manageHa: true",
  );
}

/**
 * A procedure of OMS's MetaDB that belongs to an upgrade.
 * @param began by what the upgrade was begun: nothing is done where it is empty.
 */
export const upgradeProcedure = (
  role: string,
  procedure: string,
  side: MetaDbSide,
  began: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): command.remote.Command => {
  const { name, host, directory } = side;
  const script = pulumi
    .all([side.metaDb, began])
    .apply(([known, trigger]) =>
      trigger === "" ? NOTHING_TO_DO : renderOmsMetaDbScript({ ...(known as OmsMetaDb), directory, name }, [procedure]),
    );
  return scriptCommand(`${name}-${role}`, host, { create: procedure, update: "true" }, [began], script, opts);
};
