import type { EngineLog } from "./engine-log";
import type { Target } from "./ssh/target";

/** Tells what stays on hosts that are lost: a warning a host, and each thing once, all beside the stack. */
export class LeftBehind {
  private readonly told = new Map<string, Set<string>>();

  constructor(private readonly log: Pick<EngineLog, "warn" | "note">) {}

  /** @param thing like "file /etc/dbha/odc-nginx/nginx.conf". */
  tell({ name, address }: Target, thing: string): void {
    const known = this.told.get(name);
    if (known?.has(thing)) return;
    if (known === undefined)
      this.log.warn(
        "",
        `host ${name} (${address}) is marked as lost: nothing is removed there, and what the stack made stays ("host ${name} keeps ..."); clear it away before the host is used again`,
      );
    this.log.note("", `host ${name} keeps ${thing}`);
    this.told.set(name, new Set([...(known ?? []), thing]));
  }
}
