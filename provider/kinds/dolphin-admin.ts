import { z } from "zod";
import { DolphinCluster, NotYet } from "../dolphin/cluster";
import { Silent, WrongPassword } from "../dolphin/silence";
import type { Site } from "../dolphin/site";
import { BUILT_IN, clusterInputs, noImport, password, withHost, type ClusterInputs } from "./dolphin-fields";
import type { Context, Kind } from "./kind";

type AdminOutputs = { leader: string; site: string };

const step = "set the password of admin";

/** The password of DolphinDB's user admin: there is a leader, and nobody gets in with the one that everybody knows. */
export const dolphinAdminKind: Kind<ClusterInputs, AdminOutputs> = {
  token: "dbha:index:DolphinAdmin",
  description: "The password of the user admin of a DolphinDB cluster; waits for a leader.",
  inputs: { ...clusterInputs, password: password() },
  outputs: {
    leader: z.string().describe("Alias of the controller that leads; empty when none did at a refresh."),
    site: z.string().describe("Its address and port."),
  },
  quiet: ["password"],
  replaceOn: [],
  deleteBeforeReplace: false,
  complete: withHost,
  import: noImport("the password of admin", "admin"),

  id: ({ host }) => `${host.name}:admin`,
  remains: () => undefined,

  foresee: (_news, state, changed) =>
    state !== undefined && changed.length === 0 ? { leader: state.leader, site: state.site } : {},

  create: (inputs, context) => apply(inputs, "", context),

  async read(state, context) {
    const cluster = new DolphinCluster(state, [state.password, BUILT_IN], context, state.leader);
    const view = await cluster.ifUp("look at the password of admin", cluster.view(), ({ message }) => {
      context.warn(`${message}: the password of admin was not looked at`);
    });
    const leader = view?.leader;
    return {
      ...state,
      ...(view && { password: cluster.sessions.accepted }),
      leader: leader?.alias ?? "",
      site: leader === undefined ? "" : `${leader.host}:${leader.port}`,
    };
  },

  update: (state, news, _changed, context) => apply(news, state.password, context),

  /** It goes with the cluster. */
  delete: () => Promise.resolve(),
};

/** @param former password that admin may still have */
async function apply(inputs: ClusterInputs, former: string, context: Context): Promise<AdminOutputs> {
  const known: [string, ...string[]] = [inputs.password, ...[former, BUILT_IN].filter((one) => one !== "")];
  const cluster = new DolphinCluster(inputs, known, context);
  const { leader, nodes } = await cluster.led(step);
  const accepted = cluster.sessions.accepted;
  if (accepted !== inputs.password) {
    const params = { oldPwd: accepted, newPwd: inputs.password };
    await cluster.onLeader(step, { name: "changePwd", params });
    await untilEverywhere(
      inputs,
      nodes.filter(({ isOnline }) => isOnline),
      context,
    );
  }
  return { leader: leader.alias, site: `${leader.host}:${leader.port}` };
}

/** Waits until every node that answers has heard of the password: others than the leader do a moment later. */
async function untilEverywhere(inputs: ClusterInputs, nodes: Site[], context: Context): Promise<void> {
  const name = "log in with the new password of admin";
  for (const site of nodes) {
    const cluster = new DolphinCluster(inputs, [inputs.password], context);
    await cluster.until(name, inputs.electionTimeout, `${site.alias} that knows it`, async () => {
      try {
        await cluster.sessions.ask(site, { name: "version" });
      } catch (error) {
        if (error instanceof WrongPassword) throw new NotYet("it knows another one");
        if (!(error instanceof Silent)) throw error;
      }
    });
  }
}
