import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { getContainer, type FoundContainer } from "../../provider/resources";
import type { Host } from "../host";
import { settled } from "../output-value";

/**
 * What a container is to be, in short: all its settings, and what it serves beyond them.
 * @returns nothing where some of it is not known yet, in a preview.
 */
export const wantedHash = (...wanted: unknown[]): Promise<string | undefined> =>
  settled(pulumi.output(wanted).apply((known) => createHash("sha256").update(JSON.stringify(known)).digest("hex")));

/**
 * How a container that a stack has taken over stays as it was made by hand: its differences are no changes, for as long as it is to be
 * what it was to be then. After that it is replaced, like any other.
 */
export class AsFound {
  private readonly ignoreChanges: string[] = [];
  private settings: string[] = [];
  /** Whether it stays: an input has to wait for it. */
  readonly decided: Promise<boolean>;

  /**
   * @param wanted tells what it is to be ({@link wantedHash}), where that matters.
   * @param taken what is taken over in this run.
   * @param parent asks for it.
   */
  constructor(
    host: Host,
    name: string,
    wanted: () => Promise<string | undefined>,
    taken: FoundContainer | undefined,
    parent: pulumi.Resource | undefined,
  ) {
    const stays = () => (taken === undefined ? isAsBefore(host, name, wanted, parent) : host.facts.then(() => true));
    this.decided = host.isLost ? Promise.resolve(false) : this.decide(stays());
  }

  private async decide(stays: Promise<boolean>): Promise<boolean> {
    const known = await stays;
    if (known) this.ignoreChanges.push(...this.settings);
    return known;
  }

  /**
   * The environment, of which the docker provider knows nothing in a container that it did not make. It may not be left out: the provider
   * would fill it in, by a new container.
   */
  environment(envs: pulumi.Input<pulumi.Input<string>[] | undefined>): pulumi.Output<string[] | undefined> {
    return pulumi.output(this.decided).apply((stays) => pulumi.output(stays ? [] : envs));
  }

  /** The option in a form that may be decided on until the resource is registered: the SDK copies a plain one before. */
  get transformation(): pulumi.ResourceTransformation {
    return ({ props, opts }) => {
      this.settings = Object.keys(props as object).filter((name) => !ofTheProvider.includes(name));
      return { props, opts: { ...opts, ignoreChanges: this.ignoreChanges } };
    };
  }
}

/** Whether what was taken over is there still, and is to be what it was to be then. */
async function isAsBefore(
  host: Host,
  name: string,
  wanted: () => Promise<string | undefined>,
  parent: pulumi.Resource | undefined,
): Promise<boolean> {
  const { adopted } = await host.facts;
  const before = adopted.find(({ container, wanted: was }) => container === name && was !== "");
  if (before === undefined) return false;
  const now = await wanted();
  if (now !== undefined && now !== before.wanted) return false;
  // one that was removed is made anew, and then as the arguments say
  const there = await host.answered(getContainer({ host: host.data, name }, { parent }));
  return there?.id === before.id;
}

/**
 * What the docker provider keeps to itself: a change touches no container, and an import does not find it. And the environment, which is
 * not left to what was imported.
 */
const ofTheProvider = ["destroyGraceSeconds", "mustRun", "envs"];
