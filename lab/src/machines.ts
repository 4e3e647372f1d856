import { HOST_IMAGE, HOST_IMAGE_13, HOST_IMAGE_SUDO, type ImageDefinition } from "./images";
import { isTestLab, type HostName } from "./name";

/** What a host of the lab is, beside its name and address. */
export interface Machine {
  /** For people. */
  title: string;
  image: ImageDefinition;
  /** Who logs in; the home directory is there. */
  login: { user: string; home: string; uid: number };
  /** What needs root goes through `sudo -n`. */
  sudo: boolean;
  /** Features of the Docker Engine that are switched on. */
  dockerFeatures: Readonly<Record<string, boolean>>;
}

const PLAIN: Machine = {
  title: "Debian 12",
  image: HOST_IMAGE,
  login: { user: "root", home: "/root", uid: 0 },
  sudo: false,
  dockerFeatures: {},
};

const MIXED: Record<HostName, Machine> = {
  p1: PLAIN,
  // images in containerd's store, as Docker Engine 29 keeps them by default: their ID is the digest of a manifest or an index
  p2: {
    ...PLAIN,
    title: "Debian 13, containerd's image store",
    image: HOST_IMAGE_13,
    dockerFeatures: { "containerd-snapshotter": true },
  },
  // a user as images/host-sudo makes it
  p3: {
    ...PLAIN,
    title: "Debian 12, sudo user with tcsh",
    image: HOST_IMAGE_SUDO,
    login: { user: "deploy", home: "/home/deploy", uid: 1000 },
    sudo: true,
  },
};

/** The hosts of the tests' labs, `test`, `test-1` and so on, differ as those of the world do; all other labs have three plain ones. */
export const machineOf = (lab: string, host: HostName): Machine => (isTestLab(lab) ? MIXED[host] : PLAIN);

/** Who logs in, as an inventory says it. */
export const reachedAs = ({ login: { user }, sudo }: Machine): { user: string; sudo?: true } =>
  sudo ? { user, sudo } : { user };
