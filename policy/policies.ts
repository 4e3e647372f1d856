import type { Policies } from "@pulumi/policy";
import { severalBalancers } from "./balancers";
import { keptBackups, upgradeBackup } from "./backups";
import { dolphinControllers } from "./controllers";
import { certificateEnd, licenseEnd } from "./endings";
import { hostKeys } from "./host-keys";
import { pinnedImages } from "./images";
import { severalNodes } from "./nodes";
import { plainSecrets } from "./plain-secrets";
import { privilegedContainers } from "./privileged";
import { tls } from "./tls";

/** All policies of the pack, as docs/policy.md lists them. */
export const policies: Policies = [
  dolphinControllers,
  severalNodes,
  severalBalancers,
  privilegedContainers,
  hostKeys,
  pinnedImages,
  plainSecrets,
  upgradeBackup,
  keptBackups,
  tls,
  certificateEnd,
  licenseEnd,
];
