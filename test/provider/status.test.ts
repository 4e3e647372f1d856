import assert from "node:assert/strict";
import { appendFileSync, chmodSync, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type Server, type AddressInfo } from "node:net";
import { join } from "node:path";
import { judge } from "../../cli/status/judge/judge";
import { Looker } from "../../cli/status/look/look";
import { modelOf, type Model } from "../../cli/status/model/model";
import { parseState } from "../../cli/status/state/state";
import type { Status } from "../../cli/status/status";
import { makeCertificate } from "../unit/components/certificates";
import { startBench, type Bench } from "./cases";
import type { Properties } from "./plugin-client";

const STACK = "urn:pulumi:prod::mine::pulumi:pulumi:Stack::mine-prod";
const PROVIDER = "urn:pulumi:prod::mine::pulumi:providers:dbha::default";

describe("A look at a host, on a real sshd", function () {
  this.timeout(60_000);
  let bench: Bench;
  let root: string;
  let server: Server;
  let looker: Looker;
  let resources: Properties[];
  const config = (): string => join(root, "app", "app.conf");

  before(async () => {
    bench = await startBench();
  });
  after(() => bench.stop());
  beforeEach(async () => {
    root = bench.directory();
    server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    looker = new Looker();
    const { host } = bench;
    const { port } = server.address() as AddressInfo;
    resources = [
      { urn: STACK, type: "pulumi:pulumi:Stack", outputs: {} },
      {
        ...{ urn: PROVIDER, type: "pulumi:providers:dbha", id: "1" },
        inputs: { privateKeyFile: bench.sshd.privateKeyFile, connectTimeout: "2" },
      },
      await made("Files", "app-files-p1", {
        host,
        directories: { [join(root, "app")]: {} },
        files: { [config()]: { content: "one\n" } },
      }),
      await made("Directory", "app-dir-p1", { host, path: join(root, "data") }),
      await made("Probe", "app-port", { host, tcp: { port } }),
    ];
  });
  afterEach(() => {
    looker.close();
    server.close();
  });

  /** Makes a resource by the plugin. @param of the component that it is of @returns it as the state has it */
  async function made(kind: string, name: string, inputs: Properties, of?: Properties): Promise<Properties> {
    const type = `dbha:index:${kind}`;
    const parent = of && { parent: of.urn };
    const { id, state, inputs: checked } = await bench.plugin.make(type, inputs);
    return {
      urn: `urn:pulumi:prod::mine::${of === undefined ? "" : `${String(of.type)}$`}${type}::${name}`,
      ...{ type, id, ...parent },
      provider: `${PROVIDER}::1`,
      inputs: checked,
      outputs: state,
    };
  }

  const model = (): Model => modelOf(parseState(JSON.stringify({ deployment: { resources } })));
  const look = async (): Promise<Status> => judge(model(), await looker.look(model()));
  const told = ({ findings }: Status): string[] => findings.map(({ level, problem }) => `${level}: ${problem}`);

  it("finds what was deployed, over one connection, look after look", async () => {
    const before = bench.sshd.logins();
    const status = await look();
    assert.deepEqual([status.level, told(status), status.drift], ["ok", [], []]);
    assert.deepEqual(status.hosts, [{ name: "p1", address: "127.0.0.1", state: "reached", problem: "" }]);
    assert.deepEqual(
      status.deployments.map(({ title, parts }) => [title, parts.map(({ part, health }) => `${part} ${health}`)]),
      [["Other resources", ["app-port healthy"]]],
    );
    assert.equal((await look()).level, "ok");
    assert.equal(bench.sshd.logins(), before + 1);
  });

  it("tells of a file that was edited, one of another mode, and a directory that is gone", async () => {
    appendFileSync(config(), "two\n");
    rmSync(join(root, "data"), { recursive: true });
    const status = await look();
    assert.deepEqual(told(status), [
      `warning: app-files-p1 is not as it was deployed: files["${config()}"].content`,
      "warning: app-dir-p1 is not there any more",
    ]);
    chmodSync(config(), 0o600);
    assert.deepEqual((await look()).drift[0]?.paths, [`files["${config()}"].content`, `files["${config()}"].mode`]);
  });

  it("tells of a port that nobody listens on", async () => {
    await new Promise((resolve) => server.close(resolve));
    const status = await look();
    assert.deepEqual([status.level, status.findings.length], ["critical", 1]);
    assert.match(told(status)[0] ?? "", /^critical: app-port on p1: app-port: connection refused$/);
  });

  it("sees the certificate that a server shows, which need not be the one in its file", async () => {
    const [deployed, former] = await Promise.all(
      ["deployed", "former"].map((commonName) => makeCertificate({ commonName })),
    );
    assert.ok(deployed && former);
    const tls = (one: typeof deployed) => ({ cert: one.certificate, key: one.key });
    const web = createHttpsServer(tls(deployed), (_, answer) => answer.end("hello"));
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    const { port } = web.address() as AddressInfo;
    try {
      const { host } = bench;
      const balancer = { urn: "urn:pulumi:prod::mine::dbha:index:LoadBalancer::web", type: "dbha:index:LoadBalancer" };
      const content = `${deployed.certificate}\n${deployed.key}\n`;
      const files = { host, directories: {}, files: { [join(root, "cert.pem")]: { content } } };
      resources.push(
        balancer,
        await made("Files", "web-files-p1", files, balancer),
        await made("Probe", "web-probe-p1", { host, http: { scheme: "https", port } }, balancer),
      );
      const served = ({ deployments }: Status) =>
        deployments.flatMap((one) => one.served).map(({ shows, end, problem }) => [shows, end, problem]);
      const end = "2036-01-01T00:00:00.000Z";
      const well = await look();
      assert.deepEqual([told(well), served(well)], [[], [["deployed", end, ""]]]);
      web.setSecureContext(tls(former));
      const other = await look();
      assert.deepEqual([other.level, served(other), other.drift], ["warning", [["other", end, ""]], []]);
      assert.match(
        told(other).join("\n"),
        new RegExp(
          `^warning: web nginx on p1 \\(127\\.0\\.0\\.1:${port}\\) shows another certificate \\(ends on 2036-01-01, .*; fix: [^\n]*$`,
        ),
      );
      // who listens there speaks no TLS
      const probe = resources.at(-1) as { inputs: { http: Properties } };
      probe.inputs.http.port = (server.address() as AddressInfo).port;
      assert.match(served(await look())[0]?.join(" ") ?? "", /^unknown {2}no TLS: \S/);
    } finally {
      await new Promise((resolve) => web.close(resolve));
    }
  });

  it("changes nothing there, and keeps no record", async () => {
    const times = (): string[] =>
      readdirSync(root, { recursive: true, encoding: "utf8" }).map((name) => {
        const { mtimeMs, ctimeMs } = statSync(join(root, name));
        return `${name} ${mtimeMs} ${ctimeMs}`;
      });
    const records = (): unknown => existsSync("/var/lib/dbha") && readdirSync("/var/lib/dbha");
    const before = [times(), records()];
    await look();
    assert.deepEqual([times(), records()], before);
  });

  it("tells of a host that is not reached within dbha:connectTimeout, and looks at none of its resources", async () => {
    const [, , files] = resources as { inputs: { host: Properties } }[];
    for (const resource of resources as { inputs?: { host?: Properties } }[])
      if (resource.inputs?.host) resource.inputs.host = { ...files?.inputs.host, port: 1 };
    const begun = Date.now();
    const status = await look();
    assert.ok(Date.now() - begun < 10_000);
    assert.match(told(status).join("\n"), /^critical: host p1: not reached within \d+ s: .*connection refused[^\n]*$/);
    assert.deepEqual([status.drift, status.deployments[0]?.parts[0]?.health], [[], "unreachable"]);
  });
});
