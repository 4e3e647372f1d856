import { Checked, checkInputs } from "./check";
import { anyTouches, Change, changesOf, touches } from "./diff";
import { InitFailed } from "./failure";
import { importById, Imported } from "./importing";
import { kinds, queries } from "./kinds";
import { Incomplete, Kind } from "./kinds/kind";
import { kindFor } from "./lost-host";
import type { Session } from "./session";
import { UNKNOWN } from "./resources/protocol-marks";
import { Properties } from "./wire";

/** What the engine asks for about one resource. */
export interface Call {
  urn: string;
  /** Limit from the resource's customTimeouts in seconds, 0 for none. */
  timeout: number;
}

export interface Difference {
  changes: Change[];
  /** Those of the changes that replace the resource. */
  replacing: Change[];
  deleteBeforeReplace: boolean;
}

/** The operations of the provider on plain properties, for any kind. */
export class Operations {
  constructor(private readonly session: Session) {}

  async check(urn: string, olds: Properties | undefined, news: Properties): Promise<Checked> {
    const kind = kindOf(urn, news, olds);
    const { inputs, failures } = checkInputs(kind.inputs, kind.quiet, news);
    const found = [...failures, ...(kind.rules?.(inputs) ?? [])];
    if (found.length > 0 || kind.complete === undefined) {
      return { inputs, failures: found };
    }
    return { inputs: defined(await kind.complete(inputs, olds)), failures: found };
  }

  async diff(urn: string, olds: Properties, news: Properties): Promise<Difference> {
    const kind = kindOf(urn, news, olds);
    const changes = await changesIn(kind, olds, news);
    const replacing = changes.filter((change) => kind.replaceOn.some((path) => touches(change, path)));
    return { changes, replacing, deleteBeforeReplace: replacing.length > 0 && kind.deleteBeforeReplace };
  }

  /** The outputs of a create or update that is only previewed: what is not known yet is marked so. */
  async foresee(call: Call, olds: Properties | undefined, news: Properties): Promise<Properties> {
    const kind = kindOf(call.urn, news, olds);
    const changes = olds === undefined ? [] : await changesIn(kind, olds, news);
    const known = await kind.foresee(news, olds, changes, this.context(call));
    const unknown: Properties = Object.fromEntries(Object.keys(kind.outputs).map((name) => [name, UNKNOWN]));
    return { ...news, ...unknown, ...defined(known) };
  }

  async create(call: Call, inputs: Properties): Promise<{ id: string; properties: Properties }> {
    const kind = kindOf(call.urn, inputs);
    const id = kind.id(inputs);
    const properties = await keepingIncomplete(id, inputs, () => kind.create(inputs, this.context(call)));
    return { id, properties };
  }

  /** Without a state it is an import. @returns undefined when the thing is gone */
  async read(call: Call, id: string, state: Properties): Promise<Imported | undefined> {
    const kind = kindOf(call.urn, state);
    if (state.host === undefined) {
      return importById(kind, id, this.session.inventory, this.context(call));
    }
    const properties = await kind.read(state, this.context(call));
    const inputs = (all: Properties) =>
      Object.fromEntries(Object.entries(all).filter(([name]) => Object.hasOwn(kind.inputs, name)));
    return properties && { id, inputs: inputs(properties), properties };
  }

  async update(call: Call, id: string, olds: Properties, news: Properties): Promise<Properties> {
    const kind = kindOf(call.urn, news, olds);
    const changes = await changesIn(kind, olds, news);
    return keepingIncomplete(id, news, () => kind.update(olds, news, changes, this.context(call)));
  }

  delete(call: Call, state: Properties): Promise<void> {
    return kindOf(call.urn, state).delete(state, this.context(call));
  }

  /** Answers a question about a host; problems with the arguments come back as failures. */
  async invoke(token: string, args: Properties): Promise<{ answer?: Properties; failures: Checked["failures"] }> {
    const query = queries.find((candidate) => candidate.token === token);
    if (query === undefined) {
      throw new Error(`there is no function ${token}; known are ${queries.map((known) => known.token).join(", ")}`);
    }
    const checked = checkInputs(query.inputs, query.quiet, args);
    const failures = [...checked.failures, ...(query.rules?.(checked.inputs) ?? [])];
    if (failures.length > 0) {
      return { failures };
    }
    return { answer: await query.answer(checked.inputs, this.context({ urn: "", timeout: 0 })), failures };
  }

  private context({ urn, timeout }: Call) {
    return this.session.context(urn, timeout);
  }
}

/** The kind of a resource that becomes `news`, by the type at the end of its URN's type chain. */
function kindOf(urn: string, news: Properties, olds?: Properties): Kind {
  const token = urn.split("::")[2]?.split("$").at(-1);
  const kind = kinds.find((candidate) => candidate.token === token);
  if (kind === undefined) {
    const known = kinds.map((candidate) => candidate.token).join(", ");
    throw new Error(`there is no resource type ${token ?? urn}; known are ${known}`);
  }
  return kindFor(kind, olds, news);
}

async function changesIn(kind: Kind, olds: Properties, news: Properties): Promise<Change[]> {
  const changes = [...changesOf(Object.keys(kind.inputs), olds, news), ...((await kind.drift?.(olds, news)) ?? [])];
  const follows = Object.entries(kind.follows ?? {});
  const isShadow = (change: Change) =>
    follows.some(
      ([follower, leaders]) => change.path === follower && changes.some((other) => anyTouches([other], ...leaders)),
    );
  return changes.filter((change) => !isShadow(change));
}

async function keepingIncomplete(id: string, inputs: Properties, work: () => Promise<Properties>): Promise<Properties> {
  try {
    return { ...inputs, ...defined(await work()) };
  } catch (error) {
    if (error instanceof Incomplete) {
      throw new InitFailed(error.message, { id, inputs, properties: { ...inputs, ...error.properties } });
    }
    throw error;
  }
}

function defined(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}
