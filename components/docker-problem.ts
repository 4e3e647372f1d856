import type { HostFacts } from "../provider/resources";
import { sentence } from "./validation";
import { compareVersions } from "../provider/resources/version";

/** Docker's client reaches an engine over SSH from this version on. */
const OLDEST_DOCKER = "18.09";

/**
 * What keeps containers from running on a host: found, rule and fix.
 * @param what runs there in one, as in "nginx runs in a container".
 */
export function dockerProblems(
  { dockerVersion, dockerClient, dockerUserNamespaces, podmanVersion }: HostFacts,
  what: string,
): string[] {
  if (podmanVersion !== undefined)
    return [
      sentence(
        `what answers to the name docker is Podman ${podmanVersion}, and ${what} of Docker Engine`,
        "install Docker Engine in place of podman-docker",
      ),
    ];
  if (dockerVersion === undefined)
    return [sentence(`no Docker Engine answers, and ${what}`, "install Docker and start it")];
  return [
    ...(dockerClient
      ? []
      : [
          sentence(
            `has Docker Engine ${dockerVersion} without the command docker, by which it is reached over SSH`,
            "install it: it is in docker-cli (Debian 13 and later) or docker-ce-cli (Docker's own packages)",
          ),
        ]),
    ...(compareVersions(dockerVersion, OLDEST_DOCKER) >= 0
      ? []
      : [
          sentence(
            `has Docker ${dockerVersion}, and ${OLDEST_DOCKER} is the oldest that is reached over SSH`,
            "update Docker",
          ),
        ]),
    ...(dockerUserNamespaces
      ? [
          sentence(
            `its Docker Engine gives containers users of their own (userns-remap), and forbids such containers the host's network, and ${what} there`,
            "take userns-remap out of /etc/docker/daemon.json and restart Docker, or choose another host",
          ),
        ]
      : []),
  ];
}
