import { type ConfigLine, renderConfig } from "../../provider/resources/dolphin/config-lines";
import { siteOf, type NodeRow } from "../../provider/resources/dolphin/node-rows";
import type { ControllerParameters } from "./parameter-schema";
import { CONTROLLER_KEYS, parameterLines } from "./parameters";
import { restartsShortly } from "./versions";

/** What controller.cfg of one controller is made of. */
export interface ControllerCfg {
  controller: NodeRow;
  parameters: ControllerParameters;
  /** Version of the server, by which a default differs. */
  version: string;
  /** Replicas by zone. */
  zones: Record<string, { replicationFactor: number }>;
  /** Where browsers reach its host. */
  publicName?: string;
}

/** Seconds that a node may be away, unless arguments say so; the engine used to add 100 of its own. */
export const restartInterval = (version: string): number => (restartsShortly(version) ? 30 : 130);

/** The lines of controller.cfg. It is each controller's own file: Raft does not carry it. */
export function controllerLines({ controller, parameters, version, zones, publicName }: ControllerCfg): ConfigLine[] {
  const datanodeRestartInterval = parameters.datanodeRestartInterval ?? restartInterval(version);
  return [
    ["mode", "controller"],
    ["localSite", siteOf(controller)],
    ["dfsHAMode", "Raft"],
    ...parameterLines(CONTROLLER_KEYS, { ...parameters, datanodeRestartInterval }),
    ...Object.entries(zones).map(([zone, { replicationFactor }]): ConfigLine => [
      `${zone}.dfsReplicationFactor`,
      String(replicationFactor),
    ]),
    ...(publicName === undefined ? [] : [["publicName", publicName] as const]),
  ];
}

/** controller.cfg of one controller. */
export const renderControllerCfg = (cfg: ControllerCfg): string => renderConfig(controllerLines(cfg));
