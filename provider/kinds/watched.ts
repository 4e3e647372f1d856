import { z } from "zod";
import { absolutePath, text } from "./fields";

const nameRule = "must be a name without spaces; fix: give it as docker ps or systemctl shows it";
const name = () => z.string(nameRule).regex(/^[A-Za-z0-9][^\s\p{Cc}]*$/u, nameRule);

/** The `watched` input: what is behind that which is waited for. */
export const watched = () =>
  z
    .strictObject(
      {
        container: name().optional().describe("Name of the container."),
        unit: name().optional().describe("Name of the systemd unit."),
        logFiles: z
          .array(absolutePath(), 'must be a list of paths; fix: write it like ["/var/log/odc/odc.log"]')
          .default([])
          .describe("Log files on the host, the most telling one first."),
        supervisor: z
          .strictObject(
            {
              ended: text("a text").describe("What a line of the log has when what it runs has ended."),
              gaveUp: text("a text").optional().describe("What a line has when it starts that no more."),
            },
            "must be an object; fix: give ended, and where needed gaveUp",
          )
          .meta({ id: "WatchedSupervisor", description: "What a supervisor inside the container or unit logs." })
          .optional()
          .describe("What a supervisor inside the container or unit logs."),
      },
      "must be an object; fix: give container or unit, and where needed logFiles and supervisor",
    )
    .refine(
      (given) => (given.container === undefined) !== (given.unit === undefined),
      "names both or neither of container and unit; fix: give exactly one of them",
    )
    .meta({ id: "Watched", description: "What is behind that which is waited for: what runs it, and where it logs." });
