import { shellWord } from "../shell-word";

/** The services that must run in every node. crond is in none of the documented lists of states, and may be there or not. */
export const SERVICES = ["nginx", "oms_console", "oms_drc_cm", "oms_drc_supervisor", "sshd"] as const;

/** JSON pointers to their states in what {@link servicesCommand} prints. */
export const serviceStates = Object.fromEntries(SERVICES.map((service) => [service, `/${service}`]));

/** A command that prints the services' states as JSON, and ends with zero when all of them are RUNNING. */
export const servicesCommand = (container: string): string => statesOf(container, "supervisorctl status");

/** The same where the container's initialisation has been judged, and was well; else all are missing. */
export const servesCommand = (container: string): string =>
  // services run from the fourth step of an initialisation on
  statesOf(container, "sh -c '[ -s /root/.dbha-cm-url ] && [ ! -e /root/.dbha-begun ] && supervisorctl status'");

const statesOf = (container: string, status: string): string => `
docker exec ${shellWord(container)} ${status} </dev/null | ${eachState(
  `if (state[name] != "RUNNING") failed = 1
      printf "%s\\"%s\\":\\"%s\\"", (i == 1 ? "{" : ","), name, state[name]`,
  `print "}"
    exit failed`,
)}
`;

/**
 * An awk command that goes through what `supervisorctl status` prints.
 * @param each is done for every service that must run: `name`, the `i`th, in `state[name]`, which may be missing.
 * @param after is done in the end.
 */
export const eachState = (each: string, after = ""): string => `awk -v names='${SERVICES.join(" ")}' '
  { state[$1] = $2 }
  END {
    count = split(names, wanted, " ")
    for (i = 1; i <= count; i++) {
      name = wanted[i]
      if (!(name in state)) state[name] = "missing"
      ${each}
    }
    ${after}
  }'`;

/** A command that starts those that do not run: supervisord tries none of them again. */
export const startServices = (container: string): string => `
docker exec ${shellWord(container)} supervisorctl status </dev/null |
  awk -v names=' ${SERVICES.join(" ")} ' 'index(names, " " $1 " ") && $2 !~ /^(RUNNING|STARTING)$/ { print $1 }' |
  xargs -r docker exec ${shellWord(container)} supervisorctl start
`;
