import { type ConfigLine, renderConfig } from "../../provider/resources/dolphin/config-lines";
import { siteOf, type NodeRow } from "../../provider/resources/dolphin/node-rows";
import type { ProcessParameters } from "./parameter-schema";
import { AGENT_KEYS, parameterLines } from "./parameters";

/** What agent.cfg of one agent is made of. */
export interface AgentCfg {
  agent: NodeRow;
  /** All of them, in the order of the description. */
  controllers: [NodeRow, ...NodeRow[]];
  parameters: ProcessParameters;
}

/** The lines of agent.cfg. */
export const agentLines = ({ agent, controllers, parameters }: AgentCfg): ConfigLine[] => [
  ["mode", "agent"],
  ["localSite", siteOf(agent)],
  ["controllerSite", siteOf(controllers[0])],
  ["sites", [agent, ...controllers].map((node) => `${siteOf(node)}:${node.mode}`).join(",")],
  ...parameterLines(AGENT_KEYS, parameters),
];

/** agent.cfg of one agent. In `sites` it stands before the controllers, each with its mode. */
export const renderAgentCfg = (cfg: AgentCfg): string => renderConfig(agentLines(cfg));
