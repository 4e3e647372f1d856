import { probeCommand } from "../scripts/probe";
import type { Remote } from "../ssh/remote";
import { excerpt, judgeBody, Observation, unhealthy } from "./observation";

/**
 * Runs a shell command on the host; healthy when it ends with zero.
 * @throws HostError when the host cannot be reached or the command takes too long
 */
export async function observeCommand(
  remote: Remote,
  command: string,
  extract: Record<string, string>,
  limit: number,
): Promise<Observation> {
  const answer = await remote.run({ name: "probe by command", script: probeCommand, values: { command }, limit });
  const status = answer.must("status", /^\d+$/);
  const output = answer.body.toString("utf8");
  if (status !== "0") {
    const words = [answer.said, excerpt(output)].filter((text) => text !== "").join(" | ");
    return unhealthy(`status ${status}${words === "" ? "" : `: ${words}`}`);
  }
  return judgeBody("status 0", output, { extract });
}
