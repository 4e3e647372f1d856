import type { ZodRawShape } from "zod";
import type { Failure } from "../check";
import type { Change } from "../diff";
import type { Remote } from "../ssh/remote";
import type { Target } from "../ssh/target";
import type { Properties } from "../wire";
import type { Host } from "./fields";

/** What a kind may use while it works on one resource. */
export interface Context {
  /** What Pulumi calls the resource; empty for a question. */
  readonly urn: string;
  /** The host, over its shared connection. */
  remote(host: Target): Remote;
  /** Shows a message that passes when the step is done, beside the resource. */
  status(message: string): void;
  /** Shows a message that stays, beside the resource. */
  note(message: string): void;
  /** Shows a warning that stays, beside the resource. */
  warn(message: string): void;
  /** Tells of a thing that stays on a lost host. */
  leave(host: Target, thing: string): void;
  /** Aborted when Pulumi is told to stop or the resource's time is over; waits end then. */
  readonly cancelled: AbortSignal;
  /** Runs `action` when nobody else in this process holds `key`. */
  exclusively<T>(key: string, action: () => Promise<T>): Promise<T>;
}

/** A thing that was there already. */
export interface Found {
  /** Its inputs but for the host; what has a default may be missing. */
  inputs: Properties;
  outputs: Properties;
  /** Names of inputs and outputs that shall be secret. */
  secret?: readonly string[];
}

/** How a thing that is there already becomes a resource: by an ID `HOST:REST`. */
export interface Import {
  /** REST in words, for messages. */
  form: string;
  /** An ID, for messages. */
  example: string;
  /**
   * How to look for what REST names; undefined when REST is of another form. Looking changes nothing on the host, and
   * fails when the thing is not there.
   */
  look(rest: string): ((host: Host, context: Context) => Promise<Found>) | undefined;
}

/**
 * A kind of resource: everything the server needs to know about it. `I` are its checked inputs, `O` what it adds as
 * outputs; its state is both.
 */
export interface Kind<I extends Properties = Properties, O extends Properties = Properties> {
  /** Type token, `dbha:index:X`. */
  token: string;
  /** One sentence for the schema. */
  description: string;
  /** Schemas of the inputs, with defaults, rules as messages, and descriptions. */
  inputs: ZodRawShape;
  /** Schemas of the outputs that are no inputs, for the plugin's schema. */
  outputs: ZodRawShape;
  /** Inputs whose values are never quoted. */
  quiet: readonly string[];
  /** Inputs that replace the resource when they change, as property paths. */
  replaceOn: readonly string[];
  deleteBeforeReplace: boolean;
  /** Inputs that follow from another one and are not named in a diff beside it: follower -> leaders. */
  follows?: Record<string, readonly string[]>;
  /** Rules that concern several inputs; values may be unknown or missing. */
  rules?(inputs: Properties): Failure[];
  /** Brings checked inputs into their one form, and adds what follows from them; values may be unknown. `olds` are the old inputs. */
  complete?(inputs: I, olds: Properties | undefined): I | Promise<I>;
  /** Changes beyond those of the inputs, such as something that was found broken. */
  drift?(state: I & O, news: I): Change[] | Promise<Change[]>;
  /**
   * Outputs that can be told before anything is done; those not given are unknown. Values of inputs may be unknown. A host
   * is asked only for what it alone knows, and one that does not answer yet is no error.
   */
  foresee(
    news: I,
    state: (I & O) | undefined,
    changed: readonly Change[],
    context: Context,
  ): Partial<O> | Promise<Partial<O>>;
  id(inputs: I): string;
  /** What stays on a lost host, in words; undefined where nothing was made. */
  remains(state: I & O): string | undefined;
  import: Import;
  create(inputs: I, context: Context): Promise<O>;
  /** The state as it really is; undefined when the thing is gone. A host that does not answer is an error. */
  read(state: I & O, context: Context): Promise<(I & O) | undefined>;
  update(state: I & O, news: I, changed: readonly Change[], context: Context): Promise<O>;
  delete(state: I & O, context: Context): Promise<void>;
}

/** The thing exists, but not as it should: Pulumi keeps it with these properties and updates it next time. */
export class Incomplete extends Error {
  constructor(
    readonly properties: Properties,
    message: string,
  ) {
    super(message);
    this.name = "Incomplete";
  }
}
