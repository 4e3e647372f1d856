import type Docker from "dockerode";
import { DEFINITION_LABEL, DIRECTORY_LABEL, LAB_LABEL, orUndefined, removing } from "./docker";
import type { ObjectNames } from "./name";
import { memberAddresses } from "./subnet";

interface LabNetwork {
  name: string;
  directory: string;
  subnet: string;
  names: ObjectNames;
}

/** True when the lab's network is there with the lab's addresses. */
export async function hasNetwork(docker: Docker, { names, subnet }: LabNetwork): Promise<boolean> {
  const existing = await orUndefined(docker.getNetwork(names.network).inspect());
  return existing?.Labels?.[DEFINITION_LABEL] === subnet;
}

/** Makes the lab's bridge network; one with another subnet is removed together with the containers on it. */
export async function ensureNetwork(docker: Docker, lab: LabNetwork): Promise<void> {
  const { names, subnet } = lab;
  const existing = await orUndefined(docker.getNetwork(names.network).inspect());
  if (existing?.Labels?.[DEFINITION_LABEL] === subnet) return;
  if (existing !== undefined) {
    const containers = await docker.listContainers({ all: true, filters: { network: [names.network] } });
    for (const container of containers)
      await removing(docker.getContainer(container.Id).remove({ force: true, v: true }));
    await removing(docker.getNetwork(existing.Id).remove());
  }
  await docker.createNetwork({
    Name: names.network,
    Driver: "bridge",
    IPAM: { Driver: "default", Config: [{ Subnet: subnet, Gateway: memberAddresses(subnet).gateway }] },
    Options: { "com.docker.network.bridge.name": names.bridge },
    Labels: { [LAB_LABEL]: lab.name, [DIRECTORY_LABEL]: lab.directory, [DEFINITION_LABEL]: subnet },
  });
}
