import { claimContainer, settleContainer } from "../scripts/container";
import { Host, host, text } from "./fields";
import { Query } from "./query";

type Claim = { host: Host; name: string; user: string };

const claim = {
  host: host(),
  name: text("the container's name").describe("Name of the container."),
  user: text("the resource's URN").describe("URN of the container's resource."),
};

/** Before a container is made. */
export const containerClaim: Query<Claim & { image: string }, Record<string, never>> = {
  token: "dbha:index:claimContainer",
  description:
    "Notes on a host that a container is about to be made, and removes one that an interrupted run left behind.",
  inputs: { ...claim, image: text("the image's ID").describe("ID of its image.") },
  quiet: [],
  outputs: {},

  async answer({ host, name, image, user }, context) {
    const step = { name: `make container ${name}`, script: claimContainer, values: { name, image, user } };
    const answer = await context.remote(host).run(step);
    if (answer.get("removed") !== undefined) {
      context.warn(`${host.name}: removed container ${name}, which an interrupted run had made without learning of it`);
    }
    return {};
  },
};

/** When the container is in the stack's state. */
export const containerSettlement: Query<Claim, Record<string, never>> = {
  token: "dbha:index:settleContainer",
  description: "Forgets the note of claimContainer, when the stack's state knows the container.",
  inputs: claim,
  quiet: [],
  outputs: {},

  async answer({ host, name, user }, context) {
    await context.remote(host).run({ name: `note container ${name}`, script: settleContainer, values: { name, user } });
    return {};
  },
};
