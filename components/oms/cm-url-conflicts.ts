import { bracketed } from "../../provider/resources/host-rules";
import type { Conflict, KnownHost } from "../conflicts";
import { addressesOfNodes, isOwnMachine, meansSame } from "./addresses";
import { parseCmUrl, type CmUrl } from "./cm-url";
import { regionPorts } from "./ports";
import type { OmsSettings } from "./schema";
import { addressOfVirtualIp } from "./virtual-ip-conflicts";

type Region<H> = OmsSettings<H>["regions"][number];

/** What is wrong with the regions' URLs of their CM. */
export const cmUrlConflicts = <H>(args: OmsSettings<H>, known: KnownHost<H>): Conflict[] =>
  args.regions.flatMap((region, i) => {
    const url = parseCmUrl(region.cmUrl);
    const about = [
      ...singleNodeConflicts(region),
      ...mappingConflicts(region, url),
      ...(region.cmUrl === undefined ? missing(region) : []),
      ...(url === undefined ? [] : [...hostConflicts(args, known, i, url), ...portConflicts(args, region, url)]),
    ];
    return about.map(({ path, ...rest }) => ({ path: ["regions", i, ...path], ...rest }));
  });

const missing = <H>({ virtualIp }: Region<H>): Conflict[] =>
  virtualIp !== undefined
    ? []
    : [
        {
          path: ["cmUrl"],
          rule: "the region needs an address under which its nodes reach the CM",
          fix: 'give virtualIp, or here the URL of an external virtual IP, SLB or domain name, like "http://10.0.0.101:8088"',
        },
      ];

function singleNodeConflicts<H>({ singleNode, nodes, virtualIp }: Region<H>): Conflict[] {
  if (!singleNode) return [];
  const path = ["singleNode"];
  if (nodes.length > 1)
    return [
      {
        path,
        rule: `the region has ${nodes.length} nodes`,
        fix: "remove it, and give virtualIp or a cmUrl that leads to all of them",
      },
    ];
  if (virtualIp !== undefined)
    return [{ path, rule: "virtualIp is there for several nodes", fix: "remove one of them" }];
  return [];
}

/** Only an external address may map ports: nginx has its own arguments, and the virtual IP leads to ports as they are. */
function mappingConflicts<H>({ mappedPorts, virtualIp, cmUrl }: Region<H>, url: CmUrl | undefined): Conflict[] {
  if (mappedPorts === undefined) return [];
  const isBuilt = cmUrl === undefined || meansSame(url?.host, addressOfVirtualIp(virtualIp));
  if (!isBuilt) return [];
  return [
    {
      path: ["mappedPorts"],
      rule: "nothing stands before the nodes that is not built here, and that maps no ports but by proxy",
      fix: "remove it, or give the external address as cmUrl",
    },
  ];
}

/** At most one problem of the URL's host, the gravest. */
function hostConflicts<H>(
  args: OmsSettings<H>,
  known: KnownHost<H>,
  i: number,
  { scheme, host, port }: CmUrl,
): Conflict[] {
  const region = args.regions[i] as Region<H>;
  const refuse = (rule: string, fix: string): Conflict[] => [{ path: ["cmUrl"], rule, fix }];
  if (isOwnMachine(host))
    return refuse(
      "means another machine on each node, and OMS cannot be scaled out with it",
      "give a virtual IP, or with singleNode the node's own address",
    );
  if (/^vip$|^x{2,}\./i.test(host))
    return refuse("is the document's placeholder", "give the virtual IP, or the name that leads to it");
  const node = addressesOfNodes(args, known).find(({ address }) => meansSame(address, host));
  if (node !== undefined && !(node.region === i && region.singleNode))
    return refuse(
      `is the address of node ${known.nameOf(node.host)} alone: without it the region has no CM`,
      "give virtualIp or an external address that leads to all nodes; where one node is meant, say singleNode: true in its region",
    );
  const nginx = region.proxy?.hosts ?? [];
  const one = nginx.find((each) => meansSame(known.addressOf(each), host));
  if (one !== undefined && new Set(nginx.map(known.nameOf)).size > 1)
    return refuse(
      `is the address of ${known.nameOf(one)}, one of several nginx hosts: without it the region has no CM`,
      "give virtualIp, or an external address that leads to all of them",
    );
  const virtual = addressOfVirtualIp(region.virtualIp);
  // a name may lead to it
  if (virtual !== undefined && /^[\d.]+$|:/.test(host) && !meansSame(virtual, host))
    return refuse(
      `is another address than that of virtualIp, ${virtual}`,
      "leave cmUrl out, give a name that leads to the virtual IP, or remove virtualIp",
    );
  const other = args.regions.slice(0, i).findIndex((each) => {
    const url = parseCmUrl(each.cmUrl);
    const address = url?.host ?? addressOfVirtualIp(each.virtualIp);
    return meansSame(address, host) && (url?.port ?? port) === port;
  });
  if (other < 0) return [];
  return refuse(
    `leads to the CM of regions[${other}] too`,
    `give each region its own address, like ${scheme}://${bracketed(host)}:PORT`,
  );
}

function portConflicts<H>(args: OmsSettings<H>, region: Region<H>, { scheme, host, port }: CmUrl): Conflict[] {
  const cm = regionPorts(args, region).cm;
  if (cm.port === port) return [];
  const mapped =
    cm.argument === "ports.cm"
      ? "where the address maps another port to it, say so in mappedPorts.cm"
      : `or mend ${cm.argument}`;
  return [
    {
      path: ["cmUrl"],
      rule: `must have the port that leads to the CM, ${cm.port} (${cm.argument})`,
      fix: `write ${scheme}://${bracketed(host)}:${cm.port}; ${mapped}`,
    },
  ];
}
