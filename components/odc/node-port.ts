/** The port of the host under which a node is reached. */
export const nodePort = (settings: { port: number; mappingPort?: number }): number =>
  settings.mappingPort ?? settings.port;
