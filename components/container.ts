import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { claimContainer, noteAdoption, settleContainer, type FoundContainer } from "../provider/resources";
import { foundByHand, type Adoption } from "./adopt/adoption";
import { AsFound, wantedHash } from "./adopt/as-found";
import { hook, hooksAreKnown } from "./hook";
import { whenLost, type Host } from "./host";
import { settled } from "./output-value";

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

/** A container's arguments. */
type Args = docker.ContainerArgs & { name: string };

/** A container that is made, or was there and is taken over. */
export interface DeployedContainer {
  id: pulumi.Output<string>;
  /** The resource, for `dependsOn`. */
  resource: pulumi.Resource | Promise<pulumi.Resource>;
}

/**
 * A container on a host. The docker provider contacts nothing for one that does not change, so a lost host may be off. Where
 * the container does not run yet, that provider is asked at once whether it reaches the Engine, and the container is claimed on
 * the host before it is made, until the state knows it: so the next run finds one that was made and of which nobody learned.
 */
export const container = (name: string, host: Host, args: Args, opts: pulumi.CustomResourceOptions): docker.Container =>
  declared(name, host, args, opts).made;

/** The same for a deployment that may take over one that was made by hand. */
export function adoptable(
  name: string,
  host: Host,
  args: Args,
  opts: pulumi.CustomResourceOptions & { parent: pulumi.Resource },
  adoption: Adoption,
): DeployedContainer {
  if (adoption.adopt !== true || host.isLost) {
    const { made } = declared(name, host, args, opts, adoption.serves);
    return { id: made.id, resource: made };
  }
  const taken = adoption.found ?? foundThere(host, args, adoption, opts.parent);
  const resource = taken.then((found) => {
    const one = declared(name, host, args, opts, adoption.serves, found);
    one.made.id.apply((id) => noteThat(host, args.name, id, one, found, opts.parent));
    return one.made;
  });
  return { id: pulumi.output(resource).apply((made) => made.id), resource };
}

/**
 * What a deployment takes over by {@link adoptable}, for one that has to know it before it changes anything.
 * @throws pulumi.ResourceError that lists all in which it does not do what the arguments say
 */
export const foundThere = (
  host: Host,
  args: Args,
  adoption: Adoption,
  parent: pulumi.Resource,
): Promise<FoundContainer | undefined> => foundByHand(host, { ...containerDefaults, ...args }, adoption, parent);

/** Notes on the host that the stack has a container: one that it took over with what it is to be, one that it made as such. */
async function noteThat(
  host: Host,
  name: string,
  id: string,
  { made, claimed, hash }: ReturnType<typeof declared>,
  found: FoundContainer | undefined,
  parent: pulumi.Resource,
): Promise<void> {
  if (pulumi.runtime.isDryRun()) return;
  await claimed;
  const { adopted } = await host.facts;
  if (adopted.some((one) => one.container === name && one.id === id)) return;
  const [user, image, wanted] = await Promise.all([settled(made.urn), settled(made.image), hash()]);
  const isTaken = found?.id === id;
  const note = {
    host: host.data,
    name,
    id,
    wanted: isTaken ? (wanted ?? "") : "",
    image: isTaken ? found.image : (image ?? ""),
    user: user ?? "",
  };
  await host.answered(noteAdoption(note, { parent }));
}

/**
 * @param serves what it serves beyond its own settings.
 * @param found one that is there, to be taken over.
 * @returns with when it is claimed no more, and how to learn what it is to be.
 */
function declared(
  name: string,
  host: Host,
  args: Args,
  opts: pulumi.CustomResourceOptions,
  serves?: pulumi.Input<unknown>,
  found?: FoundContainer,
) {
  const { hooks, settle } = claimOf(host, args.name, opts.parent);
  const all = { ...containerDefaults, ...args };
  const hash = () => wantedHash(all, serves);
  const form = new AsFound(host, args.name, hash, found, opts.parent);
  const ready = Promise.all([reached(host, args.name), form.decided]);
  const made = new docker.Container(
    name,
    {
      ...all,
      ...(!host.isLost && { envs: form.environment(args.envs) }),
      // an input, as the registration waits for those
      image: pulumi.all([args.image, ready]).apply(([image]) => image),
    },
    {
      ...opts,
      provider: host.docker,
      deleteBeforeReplace: true,
      hooks,
      ...(found && { import: found.id }),
      ...(host.isLost ? whenLost(host) : { transformations: [form.transformation] }),
    },
  );
  const claimEnds = new Promise<void>((resolve) => made.id.apply(() => resolve(settle())));
  return { made, claimed: claimEnds, hash };
}

/** Resolved when the docker provider can make the container, where it has to. */
async function reached(host: Host, name: string): Promise<void> {
  if (host.isLost || (await host.facts).containers.includes(name)) return;
  await host.dockerAnswers;
}

/** Claims a container before it is made, and takes the claim back when the state knows it. */
function claimOf(host: Host, name: string, parent: pulumi.Resource | undefined) {
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
