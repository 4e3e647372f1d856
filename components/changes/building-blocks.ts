import { type Changes, live, nodeByNode, refused, reload, whileThere } from "./change";

/** Why a container keeps its name. */
export const keepsName = whileThere(
  refused(
    "a container keeps its name: take the former one back; for another one deploy anew under another name beside it",
  ),
);

const newCertificate = reload("a new certificate; nginx reloads, on one host after the other");
const byKeepalived = nodeByNode("keepalived restarts on one host after the other, the one with the address last");

/** What changes of `LoadBalancer`'s arguments do. */
export const loadBalancerChanges = {
  hosts: reload("a new host starts nginx, one that goes stops it last; the others do nothing"),
  image: nodeByNode("nginx is replaced on one host after the other: its open connections break"),
  containerName: nodeByNode("nginx is made anew on one host after the other: its open connections break"),
  config: reload(),
  tls: reload(),
  probe: live("what is asked of nginx from then on"),
  virtualAddress: live("which host is changed last"),
  after: live("what the next changes wait for"),
  adopt: live("counts for containers that the stack does not know yet"),
} satisfies Changes;

/** What changes of a virtual address do; a part of other components' arguments, too. */
export const virtualAddressChanges = {
  address: byKeepalived,
  interface: byKeepalived,
  routerId: reload(
    "keepalived reloads on one host after the other; until the last has, two hosts may have the address",
  ),
} satisfies Changes;

/** What changes of `VirtualIp`'s arguments do. */
export const virtualIpChanges = {
  ...virtualAddressChanges,
  hosts: reload("the others are told first, then keepalived starts on a new host; one that goes is stopped last"),
  checks: live("the next check of each host is the new one"),
  after: live("what the next changes wait for"),
} satisfies Changes;

/** What changes of a certificate's source do; a part of other components' arguments, too. */
export const certificateSourceChanges = {
  selfSigned: newCertificate,
  privateCa: newCertificate,
  provided: reload("nginx reloads with it, on one host after the other"),
} satisfies Changes;

/** What changes of `Certificate`'s arguments do. */
export const certificateChanges: Changes = { ...certificateSourceChanges, names: newCertificate };

/** The changes of a part, as those of the whole that it stands in. */
export const within = (prefix: string, changes: Changes): Changes =>
  Object.fromEntries(Object.entries(changes).map(([path, change]) => [`${prefix}.${path}`, change]));
