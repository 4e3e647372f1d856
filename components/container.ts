import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { claimContainer, settleContainer } from "../provider/resources";
import { hook, hooksAreKnown } from "./hook";
import { whenLost, type Host } from "./host";

/**
 * What every container of dbha has in common: the host's network as the documents ask for, back after a reboot, bounded
 * logs. Network, log and IPC settings are explicit because the docker provider would otherwise see Docker's defaults as
 * changes at every run.
 */
export const containerDefaults = {
  networkMode: "host",
  ipcMode: "private",
  restart: "unless-stopped",
  logDriver: "json-file",
  logOpts: { "max-size": "50m", "max-file": "3" },
  mustRun: true,
} satisfies Partial<docker.ContainerArgs>;

/**
 * A container on a host. The docker provider contacts nothing for one that does not change, so a lost host may be off. Where
 * the container does not run yet, that provider is asked at once whether it reaches the Engine, and the container is claimed on
 * the host before it is made, until the state knows it: so the next run finds one that was made and of which nobody learned.
 */
export function container(
  name: string,
  host: Host,
  args: docker.ContainerArgs & { name: string },
  opts: pulumi.CustomResourceOptions,
): docker.Container {
  const { hooks, settle } = claimed(host, args.name, opts.parent);
  const made = new docker.Container(
    name,
    {
      ...containerDefaults,
      ...args,
      // an input, as the registration waits for those
      image: pulumi.all([args.image, reached(host, args.name)]).apply(([image]) => image),
    },
    {
      ...opts,
      provider: host.docker,
      deleteBeforeReplace: true,
      hooks,
      ...whenLost(host),
    },
  );
  made.id.apply(settle);
  return made;
}

/** Resolved when the docker provider can make the container, where it has to. */
async function reached(host: Host, name: string): Promise<void> {
  if (host.isLost || (await host.facts).containers.includes(name)) return;
  await host.dockerAnswers;
}

/** Claims a container before it is made, and takes the claim back when the state knows it. */
function claimed(host: Host, name: string, parent: pulumi.Resource | undefined) {
  let claimant: string | undefined;
  const claim = async ({ urn, newInputs }: pulumi.ResourceHookArgs): Promise<void> => {
    const { image } = newInputs as { image: string };
    await claimContainer({ host: host.data, name, image, user: urn }, { parent });
    claimant = urn;
  };
  const settle = async (): Promise<void> => {
    if (claimant === undefined) return;
    // a note that stays does no harm: it goes with the container's image
    await settleContainer({ host: host.data, name, user: claimant }, { parent }).catch(() => undefined);
  };
  const hooks = hooksAreKnown() ? { beforeCreate: [hook(`container-${name}-on-${host.hostName}`, claim)] } : undefined;
  return { hooks, settle };
}
