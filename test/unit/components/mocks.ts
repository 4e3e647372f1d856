import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import type { CmFound } from "../../../components/oms/cm-plan";
import type { Health, HostFacts } from "../../../provider/resources";

// stacks of promises would be looked up in source maps: two thirds of the time of these tests
createRequire(__filename)("../../../stacks/promises.cjs");

/** A resource as a program asked for it. */
export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const secretSignature = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

/** True where the engine would keep the value encrypted. */
export function isSecret(value: unknown): boolean {
  return (value as Record<string, unknown> | null)?.[secretSignature] === secretMark;
}

/** The value inside a secret's envelope. */
export function unwrap(value: unknown): unknown {
  return isSecret(value) ? (value as { value: unknown }).value : value;
}

/** A host that lacks nothing. */
export const fitHost = {
  architecture: "amd64",
  cores: 8,
  memoryBytes: 16 * 2 ** 30,
  os: "Debian GNU/Linux 12 (bookworm)",
  kernel: "6.1.0",
  dockerVersion: "20.10.24",
  dockerClient: true,
  dockerUserNamespaces: false,
  addresses: [],
  disks: [{ mount: "/", totalBytes: 100 * 2 ** 30, freeBytes: 50 * 2 ** 30 }],
  ports: [],
  services: [],
  containers: [],
  adopted: [],
  clockSkewMs: 0,
  utcOffsetMinutes: 0,
};

/**
 * Puts mocks in the engine's place; what programs register from now on is recorded. Probes answer as healthy ODC nodes; the
 * MetaDB has room.
 * @param facts of hosts that are not like {@link fitHost}, by name.
 * @param health what looks at a host's ODC find, by its name; where nothing is said nobody answers.
 * @param engine answers for the Docker Engine of the provider of that name.
 * @param asked is told of the commands by which programs ask hosts, and of the hosts, and may answer.
 * @param said what procedures on hosts say, by the names of their commands.
 * @param left what the state has of the plugin's resources on lost hosts, by their names: nothing of those that are left out.
 * @param plan the last one for the addresses of OMS's CM.
 * @returns the record, in order of registration.
 */
export async function mockEngine(
  config: Record<string, string> = {},
  facts: Record<string, Partial<HostFacts>> = {},
  health: Record<string, Health> = {},
  engine: (provider: string) => void = () => undefined,
  asked: (command: string, host: string) => unknown = () => undefined,
  said: Record<string, string> = {},
  left?: Record<string, Record<string, unknown>>,
  plan = "",
): Promise<Registered[]> {
  const registered: Registered[] = [];
  pulumi.runtime.setAllConfig(config);
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: inputs as Record<string, unknown> });
        if (left !== undefined && isOnLost(inputs))
          return { id: `${name}-id`, state: { ...(inputs as object), ...left[name] } };
        const answers = { ...outputs(type, name, inputs as object), ...(name in said && { stdout: said[name] }) };
        return { id: `${name}-id`, state: { ...inputs, ...answers } as Record<string, unknown> };
      },
      call: ({ token, inputs, provider = "" }) => {
        if (token === "docker:index/getNetwork:getNetwork") {
          engine(/docker::([^:]*)::/.exec(provider)?.[1] ?? "");
          return inputs as Record<string, unknown>;
        }
        const { host, tcp, command } = inputs as { host?: { name: string }; tcp?: unknown; command?: string };
        const { name = "" } = host ?? {};
        const down: Health = { healthy: false, values: {}, detail: "connection refused" };
        if (token === "dbha:index:getHostFacts") return { ...fitHost, ...facts[name] };
        if (tcp) return { healthy: true, values: {}, detail: "connection accepted" };
        if (!command) return { ...(health[name] ?? down) };
        const [, wanted] = /^.* ip -o address show to (\S+) /.exec(command) ?? [];
        if (wanted) {
          const { addresses } = { ...fitHost, ...facts[name] };
          return { healthy: addresses.some(({ address }) => address === wanted), values: {}, detail: "" };
        }
        const answer = asked(command, name) as Health | undefined;
        const values = {
          facts: JSON.stringify({ max_connections: 1000, cm: { ...omsRows(command), plan } }),
        };
        return { ...(answer ?? { healthy: true, values, detail: "status 0" }) };
      },
    },
    "project",
    "stack",
    false,
  );
  return registered;
}

const isOnLost = (inputs: unknown): boolean => (inputs as { host?: { lost?: boolean } }).host?.lost === true;

/** Outputs that others are made of differ where inputs say "other". */
function outputs(type: string, name: string, inputs: object): Record<string, unknown> {
  const of = JSON.stringify(inputs).includes("other") ? `other ${name}` : name;
  switch (type) {
    case "dbha:index:Image":
      return { imageId: `sha256:${of}`, loadedReference: "vendor/image:1.0" };
    case "dbha:index:Archive":
      return { directory: `/directory/of/${of}` };
    case "dbha:index:File":
      return { sha256: sumOf((inputs as { content?: unknown }).content) };
    case "dbha:index:Probe":
      return { healthy: true, values: { version: "4.3.1" } };
    case "dbha:index:DolphinNodes":
      return {
        leader: "p2-controller",
        states: dolphinStates(inputs),
        license: { kind: "commercial", end: "2099-12-31", nodes: 12, cores: 16, memory: 64 },
      };
    case "command:remote:Command":
      return { stdout: name.includes("-backups-") ? "[]" : "" };
    case "tls:index/privateKey:PrivateKey":
      return { privateKeyPem: { [secretSignature]: secretMark, value: pem("PRIVATE KEY", name) } };
    case "tls:index/certRequest:CertRequest":
      return { certRequestPem: `request ${name}` };
    case "tls:index/selfSignedCert:SelfSignedCert":
    case "tls:index/locallySignedCert:LocallySignedCert":
      return { certPem: pem("CERTIFICATE", name), validityEndTime: "2036-11-19T00:00:00Z" };
    case "random:index/randomPassword:RandomPassword":
      return { result: "Random.Pass+12" };
    default:
      return {};
  }
}

/** All nodes of DolphinDB are online. */
const dolphinStates = (inputs: object): object[] =>
  (inputs as { nodes: { alias: string }[] }).nodes.map(({ alias }) => ({ alias, state: "online", version: "3.00.4" }));

const sumOf = (content: unknown): string =>
  createHash("sha256")
    .update(typeof content === "string" ? content : JSON.stringify(content))
    .digest("hex");

const pem = (what: string, name: string): string => `-----BEGIN ${what}-----\nof ${name}\n-----END ${what}-----\n`;

/** Waits for an output's value. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** What OMS's MetaDB has where it has all that the script which asks it was given. */
function omsRows(command: string): Omit<CmFound, "plan"> {
  const [, lines = ""] = /^regions='([^']*)'$/m.exec(command) ?? [];
  const regions = lines.split("\n").map((line) => line.split(" "));
  return {
    clusters: regions.map(([location, , url = ""]) => ({ location: Number(location), url })),
    hosts: regions.flatMap(([location, , , , nodes = ""]) =>
      nodes.split(",").map((ip) => ({ location: Number(location), ip })),
    ),
    open: false,
  };
}
