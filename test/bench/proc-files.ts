/** What the files of a process below /proc say. Linux counts time there in hundredths of a second, whatever the machine. */
const TICKS = 100;

/** Of /proc/PID/stat; the name of the program, in brackets, may hold anything. */
export function parseStat(text: string): { parent: number; cpuSeconds: number; startedAfterBoot: number } | undefined {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [parent, user, system, started] = [fields[1], fields[11], fields[12], fields[19]].map(Number);
  if (started === undefined || Number.isNaN(started)) return undefined;
  return {
    parent: parent ?? 0,
    cpuSeconds: ((user ?? 0) + (system ?? 0)) / TICKS,
    startedAfterBoot: started / TICKS,
  };
}

/** Processor time of a process and of all its children that ended, in seconds, of /proc/PID/stat. */
export function parseFamily(text: string): number {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
}

/** Highest resident memory so far in MiB, of /proc/PID/status. A process that is ending has none. */
export const parsePeak = (text: string): number => Number(/^VmHWM:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) / 1024;

/** MiB given to be written so far, of /proc/PID/io. */
export const parseWritten = (text: string): number => Number(/^wchar: (\d+)$/m.exec(text)?.[1] ?? 0) / 2 ** 20;

/** Program and arguments, of /proc/PID/cmdline. */
export const parseCommand = (text: string): string[] => text.split("\0").filter((_, at, all) => at < all.length - 1);

/** Local ports by the socket's inode, of /proc/net/tcp, for connections to one of the remote ports. */
export function parseConnections(text: string, remotePorts: ReadonlySet<number>): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [local, remote, inode] = [fields[1], fields[2], fields[9]];
    if (local === undefined || remote === undefined || inode === undefined) continue;
    if (remotePorts.has(portOf(remote))) found.set(inode, portOf(local));
  }
  return found;
}

/** "0100007F:0016" */
const portOf = (address: string): number => Number.parseInt(address.slice(address.indexOf(":") + 1), 16);
