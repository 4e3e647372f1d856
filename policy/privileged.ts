import { resourcePolicy } from "./policy";
import { CONTAINER, isInfluxDb, typesOf } from "./resource";

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
    if (typesOf(urn).at(-2) === "dbha:index:OmsMultiNode" && !isInfluxDb(name)) return [];
    return [
      {
        found: "privileged = true",
        rule: "who breaks out of such a container is root of the host, and only OMS's need it",
        fix: "remove it; give the capabilities that the program needs",
      },
    ];
  },
);
