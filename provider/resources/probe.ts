import * as pulumi from "@pulumi/pulumi";
import { HostData } from "./host-data";
import type { Watched } from "./watched";

/** Schemes of an HTTP probe. */
export const ProbeScheme = { Http: "http", Https: "https" } as const;
export type ProbeScheme = (typeof ProbeScheme)[keyof typeof ProbeScheme];

/** A plain value that JSON can hold at the end of a pointer. */
export type JsonScalar = string | number | boolean | null;

/** An HTTP request and the answer that means healthy. */
export interface HttpProbe {
  /** TCP port, 1-65535. */
  port: number;
  /**
   * Path and query of the request.
   * @default "/"
   * @example "/api/v1/heartbeat/isHealthy"
   */
  path?: string;
  /**
   * `http` or `https`. The certificate of an https server is not verified: the probe asks whether it answers.
   * @default "http"
   */
  scheme?: ProbeScheme;
  /**
   * Address or name to connect to, as seen from the host.
   * @default "127.0.0.1"
   */
  address?: string;
  /**
   * Status code expected.
   * @default 200
   */
  status?: number;
  /**
   * Values expected in the JSON answer, by JSON pointer (RFC 6901).
   * @default none
   * @example { "/data": true }
   */
  json?: Record<string, JsonScalar>;
  /**
   * Text that the answer must hold, where it is not known at which place.
   * @default none
   * @example '"healthy":true'
   */
  contains?: string;
  /**
   * Request headers to send.
   * @default none
   */
  headers?: Record<string, string>;
}

/** A TCP connection that means healthy when it is accepted. */
export interface TcpProbe {
  /** TCP port, 1-65535. */
  port: number;
  /**
   * Address or name to connect to, as seen from the host.
   * @default "127.0.0.1"
   */
  address?: string;
}

/** What is done once about something that does not become healthy by itself. */
export interface ProbeRepair {
  /**
   * A shell command run on the host. It may look first and find that there is nothing to do. That it fails is a warning.
   * It travels on stdin, never in an argument list.
   * @example "docker restart obodc"
   */
  command: string;
  /**
   * Seconds of waiting before it is run.
   * @default 10
   */
  after?: number;
}

/** A further question of a probe; exactly one of `http` and `tcp`. */
export interface FurtherProbe {
  /** An HTTP request, and the answer that means healthy. */
  http?: HttpProbe;
  /** A TCP connection; healthy when it is accepted. */
  tcp?: TcpProbe;
  /**
   * Values to take from the JSON answer: name -> JSON pointer.
   * @default {}
   * @example { version: "/data/version" }
   */
  extract?: Record<string, string>;
}

/** Arguments of a `Probe`; exactly one of `http`, `tcp` and `command`. */
export interface ProbeArgs {
  /** The host from whose point of view is probed. Another name replaces the resource. */
  host: pulumi.Input<HostData>;
  /** An HTTP request; healthy when status and JSON values are the expected ones. */
  http?: pulumi.Input<HttpProbe>;
  /** A TCP connection; healthy when it is accepted. */
  tcp?: pulumi.Input<TcpProbe>;
  /** A shell command run on the host; healthy when it ends with zero. It travels on stdin, never in an argument list. */
  command?: pulumi.Input<string>;
  /**
   * What the command asks, in a few words, for messages and the ID; of a command itself, which may hold secrets, they show the
   * program's name at most.
   * @default the first word of the command
   * @example "OBProxy main serves"
   */
  about?: pulumi.Input<string>;
  /**
   * Seconds between two attempts at most. Before that a pause is a tenth of the time waited so far, and at least 0.1 s, so
   * that what is quick is seen at once.
   * @default 2
   */
  interval?: pulumi.Input<number>;
  /**
   * Seconds to wait for the first healthy answer; then the resource fails with what was last seen. An answer that the end of
   * the time cut short does not count as such.
   * @default 300
   */
  timeout?: pulumi.Input<number>;
  /**
   * Texts, such as a container's ID; when one changes, the probe waits for a healthy answer again.
   * @default []
   * @example [container.id]
   */
  triggers?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * What is done, once in each wait, when it is not healthy after some time.
   * @default none
   */
  repair?: pulumi.Input<ProbeRepair>;
  /**
   * What is behind it. An error then tells where that logs and what it logged last, and comes early where waiting is no use.
   * @default none
   * @example { container: "obodc", logFiles: ["/var/log/odc/odc.log"] }
   */
  watched?: pulumi.Input<Watched>;
  /**
   * Values to take from the JSON that a healthy answer (or the command's output) holds: name -> JSON pointer.
   * @default {}
   * @example { version: "/data/version" }
   */
  extract?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Further questions, asked one after the other when the first answer is the expected one: it is healthy when theirs are too, and what
   * they extract is among its values.
   * @default []
   * @example [{ http: { port: 8989 } }]
   */
  also?: pulumi.Input<pulumi.Input<FurtherProbe>[]>;
}

/** Waits until something on a host is healthy, and asks again at every refresh. */
export class Probe extends pulumi.CustomResource {
  declare public readonly host: pulumi.Output<HostData>;
  declare public readonly http: pulumi.Output<HttpProbe | undefined>;
  declare public readonly tcp: pulumi.Output<TcpProbe | undefined>;
  declare public readonly command: pulumi.Output<string | undefined>;
  declare public readonly about: pulumi.Output<string | undefined>;
  declare public readonly interval: pulumi.Output<number>;
  declare public readonly timeout: pulumi.Output<number>;
  declare public readonly triggers: pulumi.Output<string[]>;
  declare public readonly repair: pulumi.Output<ProbeRepair | undefined>;
  declare public readonly watched: pulumi.Output<Watched | undefined>;
  declare public readonly extract: pulumi.Output<Record<string, string>>;
  declare public readonly also: pulumi.Output<FurtherProbe[]>;
  /** Whether the last answer was the expected one; false only after a refresh found it so. */
  declare public readonly healthy: pulumi.Output<boolean>;
  /** The values that `extract` and `also` name, as text. */
  declare public readonly values: pulumi.Output<Record<string, string>>;
  /** What was last seen, in words: `HTTP 200`, `HTTP 502: …`, `connection refused` … */
  declare public readonly detail: pulumi.Output<string>;

  constructor(name: string, args: ProbeArgs, opts?: pulumi.CustomResourceOptions) {
    super("dbha:index:Probe", name, { ...args, healthy: undefined, values: undefined, detail: undefined }, opts);
  }
}
