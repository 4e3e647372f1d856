import { resourcePolicy } from "./policy";
import { CONTAINER, typesOf } from "./resource";

/** Who breaks out of a privileged container is root of the host. */
export const privilegedContainers = resourcePolicy(
  {
    name: "privileged-containers",
    description: "No container is privileged, but OMS's own, whose vendor asks for it.",
    severity: "critical",
    enforcementLevel: "mandatory",
    remediationSteps: "Remove privileged and give the capabilities that the program needs.",
  },
  {},
  ({ type, props, urn, name }) => {
    if (type !== CONTAINER || props.privileged !== true) return [];
    // its InfluxDB is no node: those are called by OMS's version
    if (typesOf(urn).at(-2) === "dbha:index:OmsMultiNode" && !name.includes("-influxdb-")) return [];
    return [
      {
        found: "privileged = true",
        rule: "who breaks out of such a container is root of the host, and only OMS's need it",
        fix: "remove it; give the capabilities that the program needs",
      },
    ];
  },
);
