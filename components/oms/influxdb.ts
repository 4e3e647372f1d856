import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Directory, Image, OnDelete, Probe } from "../../provider/resources";
import { container } from "../container";
import { healthOf, living, type Host } from "../host";
import { scriptCommand } from "../metadb/command";
import { renderInfluxDbUser } from "./influxdb-user";
import type { OmsSettings } from "./schema";
import type { OmsInfluxDbStatus } from "./status";
import { asUser, endpointOf, tsdbUser, type TsdbAccess } from "./tsdb";
import { INFLUXDB_RPC_PORT } from "./tsdb-conflicts";

/** What InfluxDB needs beyond the settings of the deployment. */
export interface InfluxDbArgs {
  settings: OmsSettings<Host>;
  /** How OMS comes in; known when the hosts were found fit. */
  access: pulumi.Output<TsdbAccess>;
  /** Hosts of all nodes of OMS. */
  nodes: Host[];
}

/** InfluxDB beside OMS: image, directory, user, container, and the probes that it takes that user and nobody else. */
export class InfluxDb {
  /** Healthy when every node of OMS comes in as the user. */
  readonly probes: Probe[];
  readonly status: pulumi.Output<OmsInfluxDbStatus>;
  private readonly influxDb: NonNullable<NonNullable<OmsSettings<Host>["tsdb"]>["influxDb"]>;
  private readonly image: Image;

  /** @param name the deployment's name; children are `${name}-influxdb…-host` and `${name}-tsdb-from-host`. */
  constructor(
    private readonly name: string,
    private readonly args: InfluxDbArgs,
    private readonly parent: pulumi.Resource,
  ) {
    const tsdb = args.settings.tsdb as NonNullable<OmsSettings<Host>["tsdb"]>;
    this.influxDb = tsdb.influxDb as InfluxDb["influxDb"];
    const { host, image } = this.influxDb;
    this.image = new Image(this.child("influxdb-image"), { host: host.data, ...image }, { parent });
    const made = this.run(this.user(this.directory()));
    const login = this.login(made);
    const closed = this.closed(made, login);
    this.probes = this.reached([login, closed]);
    // of what the probes need to come in nothing is in what they found
    const known = pulumi.unsecret(pulumi.all([login.healthy, closed.healthy, args.access]));
    this.status = known.apply(([takes, refuses, { url }]) => ({
      host: host.hostName,
      url,
      username: tsdbUser(tsdb),
      health: healthOf(host, takes && refuses),
    }));
  }

  private child(role: string): string {
    return `${this.name}-${role}-${this.influxDb.host.hostName}`;
  }

  private directory(): Directory {
    const { host, dataDirectory } = this.influxDb;
    const onDelete = this.args.settings.keepData ? OnDelete.Keep : OnDelete.Purge;
    return new Directory(
      this.child("influxdb-data"),
      { host: host.data, path: dataDirectory, mode: "0700", onDelete },
      { parent: this.parent },
    );
  }

  private get userScript(): pulumi.Output<string> {
    const { containerName, dataDirectory, port } = this.influxDb;
    return pulumi.all([this.args.access, this.image.imageId]).apply(([{ username, password }, image]) =>
      renderInfluxDbUser({
        container: containerName,
        image,
        directory: dataDirectory,
        port,
        username,
        password,
        timeout: this.args.settings.startTimeout,
      }),
    );
  }

  /** There before InfluxDB is, as the first to come could make one. */
  private user(directory: Directory): pulumi.Resource {
    const procedures = { create: "user", update: "user" };
    return scriptCommand(this.child("influxdb-user"), this.influxDb.host, procedures, [], this.userScript, {
      parent: this.parent,
      dependsOn: [directory],
    });
  }

  private run(user: pulumi.Resource): docker.Container {
    const { host, containerName, dataDirectory, port } = this.influxDb;
    return container(
      this.child("influxdb"),
      host,
      {
        name: containerName,
        image: this.image.imageId,
        envs: [
          `INFLUXDB_BIND_ADDRESS=127.0.0.1:${INFLUXDB_RPC_PORT}`,
          `INFLUXDB_HTTP_BIND_ADDRESS=:${port}`,
          "INFLUXDB_HTTP_AUTH_ENABLED=true",
          "INFLUXDB_HTTP_PING_AUTH_ENABLED=true",
          // else it tells its maker of itself, every day
          "INFLUXDB_REPORTING_DISABLED=true",
        ],
        volumes: [{ hostPath: dataDirectory, containerPath: "/var/lib/influxdb" }],
        destroyGraceSeconds: 60,
      },
      { parent: this.parent, dependsOn: [user] },
    );
  }

  /** What only a user with all privileges is told. */
  private login(made: docker.Container): Probe {
    const { host, containerName, port } = this.influxDb;
    const http = this.args.access.apply((access) => ({ port, ...asUser(access, "SHOW USERS") }));
    return new Probe(
      this.child("influxdb-login"),
      {
        host: host.data,
        http: pulumi.secret(http),
        timeout: this.args.settings.startTimeout,
        triggers: [made.id],
        repair: pulumi.secret(this.userScript.apply((script) => ({ command: `set -- user\n${script}`, after: 1 }))),
        watched: { container: containerName },
      },
      { parent: this.parent, dependsOn: [made] },
    );
  }

  private closed(made: docker.Container, login: Probe): Probe {
    const { host, containerName, port } = this.influxDb;
    return new Probe(
      this.child("influxdb-closed"),
      {
        host: host.data,
        http: { port, path: "/query?q=SHOW+USERS", status: 401 },
        timeout: 30,
        triggers: [made.id],
        watched: { container: containerName },
      },
      { parent: this.parent, dependsOn: [login] },
    );
  }

  private reached(dependsOn: Probe[]): Probe[] {
    const { settings, access, nodes } = this.args;
    const http = access.apply((known) => ({ ...endpointOf(known.url), ...asUser(known, "SHOW DATABASES") }));
    return living(nodes).map(
      (node) =>
        new Probe(
          `${this.name}-tsdb-from-${node.hostName}`,
          { host: node.data, http: pulumi.secret(http), timeout: settings.startTimeout },
          { parent: this.parent, dependsOn },
        ),
    );
  }
}
