import { Document } from "yaml";

/** What config.yaml of one region tells OMS. Sources of the keys are in docs/oms-multi-node.md. */
export interface OmsConfig {
  metaDb: { host: string; port: number; username: string; password: string };
  databases: { rm: string; cm: string; heartbeat: string };
  cm: { url: string; location: number; region?: string; regionCn?: string; isDefault: boolean; nodes: string[] };
  /** Those that were given; the others keep OMS's defaults. */
  ports?: { ghana?: number; console?: number; cm?: number; supervisor?: number; sshd?: number };
  drc?: { user: string; password: string };
  tsdb?: { service: string; url: string; username: string; password: string };
  slsAudit?: { accessKey: string; accessSecret: string; endpoint: string; opsSiteTopic: string; userSiteTopic: string };
  settings?: Record<string, string | number | boolean>;
}

type Value = string | number | boolean | string[] | undefined;

/** The keys that arguments write, in the document's order, with the argument of each. */
export const CONFIG_KEYS: Record<string, { argument: string; value: (config: OmsConfig) => Value }> = {
  oms_meta_host: { argument: "metaDb.host", value: ({ metaDb }) => metaDb.host },
  oms_meta_port: { argument: "metaDb.port", value: ({ metaDb }) => metaDb.port },
  oms_meta_user: { argument: "metaDb.username", value: ({ metaDb }) => metaDb.username },
  oms_meta_password: { argument: "metaDb.password", value: ({ metaDb }) => metaDb.password },
  drc_rm_db: { argument: "metaDb.rmDatabase", value: ({ databases }) => databases.rm },
  drc_cm_db: { argument: "metaDb.cmDatabase", value: ({ databases }) => databases.cm },
  drc_cm_heartbeat_db: { argument: "regions.heartbeatDatabase", value: ({ databases }) => databases.heartbeat },
  drc_user: { argument: "drc.user", value: ({ drc }) => drc?.user },
  drc_password: { argument: "drc.password", value: ({ drc }) => drc?.password },
  cm_url: { argument: "regions.cmUrl", value: ({ cm }) => cm.url },
  cm_location: { argument: "regions.location", value: ({ cm }) => cm.location },
  cm_region: { argument: "regions.region", value: ({ cm }) => cm.region },
  cm_region_cn: { argument: "regions.regionCn", value: ({ cm }) => cm.regionCn ?? cm.region },
  cm_is_default: { argument: "regions.default", value: ({ cm }) => cm.isDefault },
  cm_nodes: { argument: "regions.nodes", value: ({ cm }) => cm.nodes },
  tsdb_service: { argument: "tsdb.service", value: ({ tsdb }) => tsdb?.service },
  tsdb_enabled: { argument: "tsdb", value: ({ tsdb }) => tsdb !== undefined },
  tsdb_url: { argument: "tsdb.url", value: ({ tsdb }) => tsdb?.url },
  tsdb_username: { argument: "tsdb.username", value: ({ tsdb }) => tsdb?.username },
  tsdb_password: { argument: "tsdb.password", value: ({ tsdb }) => tsdb?.password },
  ghana_server_port: { argument: "ports.ghana", value: ({ ports }) => ports?.ghana },
  nginx_server_port: { argument: "ports.console", value: ({ ports }) => ports?.console },
  cm_server_port: { argument: "ports.cm", value: ({ ports }) => ports?.cm },
  supervisor_server_port: { argument: "ports.supervisor", value: ({ ports }) => ports?.supervisor },
  sshd_server_port: { argument: "ports.sshd", value: ({ ports }) => ports?.sshd },
  apsara_audit_sls_access_key: { argument: "slsAudit.accessKey", value: ({ slsAudit }) => slsAudit?.accessKey },
  apsara_audit_sls_access_secret: {
    argument: "slsAudit.accessSecret",
    value: ({ slsAudit }) => slsAudit?.accessSecret,
  },
  apsara_audit_sls_endpoint: { argument: "slsAudit.endpoint", value: ({ slsAudit }) => slsAudit?.endpoint },
  apsara_audit_sls_ops_site_topic: {
    argument: "slsAudit.opsSiteTopic",
    value: ({ slsAudit }) => slsAudit?.opsSiteTopic,
  },
  apsara_audit_sls_user_site_topic: {
    argument: "slsAudit.userSiteTopic",
    value: ({ slsAudit }) => slsAudit?.userSiteTopic,
  },
};

/**
 * Characters that a YAML 1.1 reader like OMS's (Python 2) takes for line breaks or refuses. They can only stand in strings, which are
 * double-quoted, as keys are ASCII.
 */
const UNREADABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff][\udc00-\udfff]/g;

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return code > 0xffff ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

/**
 * config.yaml of one region, the same for all of its nodes. Every string is double-quoted, so that no value is taken for a number, a
 * comment or anything else; what is not given is left to OMS.
 */
export function renderOmsConfig(config: OmsConfig): string {
  const known = Object.entries(CONFIG_KEYS).map(([key, { value }]): [string, Value] => [key, value(config)]);
  const given = [...known, ...Object.entries(config.settings ?? {})].filter(([, value]) => value !== undefined);
  // as a 1.1 reader would take the keys for something else than text, if they were not quoted
  const document = new Document(Object.fromEntries(given), { version: "1.1" });
  return document
    .toString({ defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", doubleQuotedAsJSON: true, lineWidth: 0 })
    .replaceAll(UNREADABLE, escaped);
}
