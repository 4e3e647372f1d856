import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";

/** Arguments of `settleContainer`. */
export interface SettleContainerArgs {
  /** The host of the container. */
  host: HostData;
  /**
   * Name of the container.
   * @example "obodc"
   */
  name: string;
  /** URN of the container's resource. */
  user: string;
}

/** Arguments of `claimContainer`. */
export interface ClaimContainerArgs extends SettleContainerArgs {
  /** ID of its image, an `Image` of the same stack. */
  image: string;
}

/**
 * For a `beforeCreate` hook of a container: notes on the host that it is about to be made. A run that is killed, or loses the
 * host, before it learns that the container was made leaves one that no state knows of, and Docker refuses its name from then
 * on; the next claim of the same resource removes it, and so does the deletion of the image.
 * @throws when there is a container of that name which the resource did not make
 */
export async function claimContainer(args: ClaimContainerArgs, opts?: pulumi.InvokeOptions): Promise<void> {
  await pulumi.runtime.invoke("dbha:index:claimContainer", { ...args }, opts ?? {});
}

/** Forgets the note of `claimContainer`: to be called when the container has its ID, and so is in the stack's state. */
export async function settleContainer(args: SettleContainerArgs, opts?: pulumi.InvokeOptions): Promise<void> {
  await pulumi.runtime.invoke("dbha:index:settleContainer", { ...args }, opts ?? {});
}
