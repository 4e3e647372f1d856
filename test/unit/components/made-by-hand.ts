import type { FoundContainer } from "../../../provider/resources";

/** A container as `docker run --net host` makes it. @param more in what it is another one */
export const madeByHand = (more: Partial<FoundContainer>): FoundContainer => ({
  id: "1234",
  running: true,
  image: "sha256:1",
  reference: "web:1",
  environment: [],
  imageEnvironment: [],
  command: [],
  restart: "no",
  networkMode: "host",
  ports: [],
  logDriver: "json-file",
  logOptions: [],
  memory: 0,
  cpus: 0,
  privileged: false,
  ulimits: [],
  labels: [],
  mounts: [],
  ...more,
});
