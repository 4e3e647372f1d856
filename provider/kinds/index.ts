import { archiveKind } from "./archive";
import { containerClaim, containerSettlement } from "./container-claim";
import { adoptionNote, containerQuery } from "./container-found";
import { directoryKind } from "./directory";
import { dolphinAdminKind } from "./dolphin-admin";
import { dolphinCheckKind } from "./dolphin-check";
import { dolphinClusterQuery } from "./dolphin-cluster";
import { dolphinClusterConfigKind } from "./dolphin-cluster-config";
import { dolphinLicenseKind } from "./dolphin-license";
import { dolphinNodesKind } from "./dolphin-nodes";
import { dolphinServerKind } from "./dolphin-server";
import { fileKind } from "./file";
import { filesKind } from "./files";
import { healthQuery } from "./health";
import { hostFactsQuery } from "./host-facts";
import { imageKind } from "./image";
import { Kind } from "./kind";
import { obproxyQuery } from "./obproxy";
import { obproxyConfigKind } from "./obproxy-config";
import { probeKind } from "./probe";
import { Query } from "./query";
import { serviceKind } from "./service";

/** All kinds of resource; the rest of the plugin knows none of them by name. */
export const kinds: readonly Kind[] = [
  archiveKind,
  directoryKind,
  dolphinAdminKind,
  dolphinCheckKind,
  dolphinClusterConfigKind,
  dolphinLicenseKind,
  dolphinNodesKind,
  dolphinServerKind,
  fileKind,
  filesKind,
  imageKind,
  obproxyConfigKind,
  probeKind,
  serviceKind,
];

/** All functions of the plugin. */
export const queries: readonly Query[] = [
  adoptionNote,
  containerClaim,
  containerQuery,
  containerSettlement,
  dolphinClusterQuery,
  healthQuery,
  hostFactsQuery,
  obproxyQuery,
];
