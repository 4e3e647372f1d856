import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { bracketed } from "../../provider/resources/host-rules";
import type { HttpProbe } from "../../provider/resources";
import type { Host } from "../host";
import { checkedOutput } from "../validation";
import { secretFields, type OmsSettings } from "./schema";

/** How OMS's nodes come into the time-series database. */
export interface TsdbAccess {
  service: "INFLUXDB" | "CERESDB";
  /** Address and port, without scheme. */
  url: string;
  username: string;
  password: string;
}

type Tsdb<H> = NonNullable<OmsSettings<H>["tsdb"]>;

/** Where the nodes reach it. */
const urlOf = ({ url, influxDb }: Tsdb<Host>): string =>
  url ?? (influxDb ? `${bracketed(influxDb.address ?? influxDb.host.address)}:${influxDb.port}` : "");

/** Address and port of a URL without scheme. */
export function endpointOf(url: string): { address: string; port: number } {
  const [, address = "", port] = /^\[?(.*?)\]?:(\d+)$/.exec(url) ?? [];
  return { address, port: Number(port) };
}

/** The user's name. */
export const tsdbUser = <H>({ username }: Tsdb<H>): string => username ?? "oms";

/** The access to the time-series database, its password a random one where none is given; nothing without `tsdb`. Secret. */
export function tsdbAccess(
  name: string,
  { tsdb }: OmsSettings<Host>,
  parent: pulumi.Resource,
): pulumi.Output<TsdbAccess> | undefined {
  if (tsdb === undefined) return undefined;
  const { service } = tsdb;
  const password =
    tsdb.password === undefined
      ? new random.RandomPassword(`${name}-tsdb-password`, { length: 20, special: false }, { parent }).result
      : pulumi.secret(checkedOutput(tsdb.password, secretFields.tsdbPassword, "tsdb.password", parent));
  return password.apply((known) => ({ service, url: urlOf(tsdb), username: tsdbUser(tsdb), password: known }));
}

/** A request that InfluxDB answers to this user; in the logs it has no password. */
export const asUser = ({ username, password }: TsdbAccess, query: string): Pick<HttpProbe, "path" | "headers"> => ({
  path: `/query?q=${query.replaceAll(" ", "+")}`,
  headers: { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` },
});
