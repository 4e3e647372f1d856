import type { Failure } from "./check";
import { checkConfig, configVariables } from "./config";
import type { EngineLog } from "./engine-log";
import { Operations } from "./operations";
import { wholeSchema } from "./schema";
import { Session } from "./session";
import { traceFromEnvironment } from "./ssh/trace";
import type { Properties } from "./wire";

/** The plugin behind its service. */
export interface Plugin {
  session: Session;
  operations: Operations;
  /** All that is wrong with a configuration. */
  configProblems: (inputs: Properties) => Failure[];
  /**
   * Takes the engine's configuration variables.
   * @throws Error naming every setting that is wrong
   */
  configure: (variables: Iterable<[string, string]>) => void;
  /** The schema as JSON, with the components. */
  schema: (version: string) => Promise<string>;
}

export function createPlugin(log: EngineLog): Plugin {
  const session = new Session(log, traceFromEnvironment(process.env));
  return {
    session,
    operations: new Operations(session),
    configProblems: (inputs) => checkConfig(inputs).failures,
    configure: (variables) => {
      const { config, failures } = checkConfig(configVariables(variables));
      if (failures.length > 0) {
        throw new Error(failures.map((failure) => failure.reason).join("\n"));
      }
      session.configure(config);
    },
    schema: async (version) => JSON.stringify(await wholeSchema(version)),
  };
}
