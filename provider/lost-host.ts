import type { Kind } from "./kinds/kind";
import type { Target } from "./ssh/target";
import type { Properties } from "./wire";

const hostOf = (properties: Properties | undefined): Target | undefined => properties?.host as Target | undefined;
const isLost = (properties: Properties | undefined): boolean => hostOf(properties)?.lost === true;

/** Whether it is more than a note of what is to be made when the host is back. */
const wasMade = (kind: Kind, state: Properties): boolean =>
  Object.keys(kind.outputs).some((name) => state[name] !== undefined);

/** The kind for a resource that becomes `news`: one that contacts nothing where the host is lost. */
export function kindFor(kind: Kind, olds: Properties | undefined, news: Properties): Kind {
  if (isLost(news)) return leftAlone(kind);
  return isLost(olds) ? recovering(kind) : kind;
}

/** A kind on a host that is gone for good: all stays as the state has it, and what is new is noted there alone. */
function leftAlone(kind: Kind): Kind {
  const outputs = (state: Properties | undefined): Properties =>
    Object.fromEntries(Object.keys(kind.outputs).map((name) => [name, state?.[name]]));
  return {
    ...kind,
    complete: (inputs, olds) => (hostOf(olds)?.name === hostOf(inputs)?.name ? { ...olds, host: inputs.host } : inputs),
    drift: () => [],
    foresee: (_news, state) => outputs(state),
    create: () => Promise.resolve({}),
    read: (state) => Promise.resolve(state),
    update: (state) => Promise.resolve(outputs(state)),
    delete(state, context) {
      const remains = wasMade(kind, state) ? kind.remains(state) : undefined;
      if (remains !== undefined) context.leave(hostOf(state) as Target, remains);
      return Promise.resolve();
    },
  };
}

/**
 * A kind on a host that is back. What became of it is not known: what is there is taken over, what is missing is made, and
 * so is what was declared while the host was lost.
 */
function recovering(kind: Kind): Kind {
  return {
    ...kind,
    // what is only noted has nothing that could have drifted
    drift: (state, news) => (wasMade(kind, state) ? (kind.drift?.(state, news) ?? []) : []),
    foresee: (news, state, changed, context) =>
      kind.foresee(news, state && wasMade(kind, state) ? state : undefined, changed, context),
    async update(state, news, _changed, context) {
      const found = wasMade(kind, state) ? await kind.read({ ...state, host: news.host }, context) : undefined;
      return found === undefined ? kind.create(news, context) : kind.update(found, news, [], context);
    },
  };
}
