/**
 * Where a host is and how its SSH server is recognised. Plain data without credentials: every dbha resource carries it,
 * so that the resource can still be read and deleted after its host left the inventory. Credentials live in the
 * configuration of the provider and are found there by `name`.
 */
export interface HostData {
  /**
   * Name of the host, unique in the stack; it is part of every resource's ID, so a new name replaces the resources.
   * Letters, digits, `.`, `_` and `-`.
   * @example "p1"
   */
  name: string;
  /**
   * Address or DNS name of the SSH server, as seen from the bastion where there is one.
   * @example "10.0.0.11"
   */
  address: string;
  /**
   * TCP port of the SSH server, 1-65535.
   * @default 22
   */
  port?: number;
  /**
   * User to log in as. Anyone but root needs `sudo`.
   * @default "root"
   */
  user?: string;
  /**
   * Public keys of the SSH server, as in a line of `/etc/ssh/ssh_host_*_key.pub`: `TYPE BASE64`. The server must prove
   * that it holds one of them. Needed unless `acceptUnknownHostKey` is true.
   * @default []
   * @example ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI…"]
   */
  hostKeys?: string[];
  /**
   * Accept whatever key the server shows when `hostKeys` is empty. Whoever stands between this machine and the host
   * can then read and change everything; each connection says so in a warning.
   * @default false
   */
  acceptUnknownHostKey?: boolean;
  /**
   * Run every step as root by `sudo -n`; the user needs a sudo rule without password.
   * @default false
   */
  sudo?: boolean;
  /**
   * SSH server to go through to reach this host. It is logged in to with the `credentials` under its address, or with this
   * host's where there are none.
   * @default none: the host is dialled directly
   */
  bastion?: BastionData;
  /**
   * The host is gone for good: nothing there is contacted any more, and what stands in the state of it stays as it is until it
   * is removed, which contacts nothing either. When it is taken away again the host is looked at and repaired.
   * @default false
   */
  lost?: boolean;
}

/** An SSH server that forwards connections to hosts behind it; its fields mean what they mean in `HostData`. */
export interface BastionData {
  /** Address or DNS name of the bastion, as seen from the machine that runs Pulumi. */
  address: string;
  /**
   * TCP port of its SSH server, 1-65535.
   * @default 22
   */
  port?: number;
  /**
   * User to log in as; it needs no more than the right to forward connections.
   * @default "root"
   */
  user?: string;
  /**
   * Public keys of the bastion, `TYPE BASE64` each. Needed unless `acceptUnknownHostKey` is true.
   * @default []
   */
  hostKeys?: string[];
  /**
   * Accept whatever key the bastion shows when `hostKeys` is empty.
   * @default false
   */
  acceptUnknownHostKey?: boolean;
}
