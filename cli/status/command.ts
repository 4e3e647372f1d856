import { type Command, InputError, UsageError } from "../command";
import { parseOptions } from "./options";

const help = `usage: dbha status [--stack NAME] [--json | --prometheus] [--html FILE] [--watch[=SECONDS]]

Looks at the hosts of a stack, and tells how all that is deployed is: each component with host, endpoint, version and health, who
leads, who has the virtual IPs, when certificates and licences end, which certificates servers show, the last backup with its proof,
and drift. What is deployed it takes from the stack's state ("pulumi stack export"). Nothing is changed, neither on the hosts nor in
the state.

  --stack NAME       the stack; without it the one that is selected in this folder
  --json             prints JSON, for programs
  --prometheus       prints metrics in Prometheus' text format
  --html FILE        writes a page that stands for itself, with the topology drawn, beside what is printed
  --watch[=SECONDS]  looks again, 5 seconds after the last look or as many as are given, until Ctrl-C

Exit codes, as monitors of the Nagios kind expect them: 0 all is well; 1 warning: a certificate or licence ends within 30 days,
a server shows another certificate than the deployed one, something has drifted, a backup is not proven, a host is marked as lost;
2 critical: something is down, a host was not reached, no controller leads, a virtual IP is nowhere or twice, a certificate or licence
has ended; 3 called wrongly, or nothing could be told.`;

/** What monitors take for "unknown". */
const UNKNOWN = 3;

export const status: Command = {
  about: "looks at the hosts and tells how all that is deployed is, for people, monitors and browsers",
  help,
  misused: UNKNOWN,
  run: async (args) => {
    const options = parseOptions(args);
    try {
      // what reaches hosts takes a while to load, which other commands need not wait for
      const { run } = await import("./run.js");
      return await run(options);
    } catch (error) {
      if (error instanceof UsageError || error instanceof InputError) throw error;
      throw new InputError(`the status could not be told: ${error instanceof Error ? error.message : String(error)}`);
    }
  },
};
