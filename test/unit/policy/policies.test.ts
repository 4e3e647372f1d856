import assert from "node:assert/strict";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { LoadBalancer } from "../../../components";
import { UNKNOWN } from "../../../provider/resources/protocol-marks";
import { makeCertificate } from "../components/certificates";
import { unwrap } from "../components/mocks";
import { type Configuration, Pack, type Violation } from "./pack";
import type { Placed } from "../components/placing";
import { altered, dolphin, host, odc, odp, oms, type Program, registeredBy } from "./programs";

const DAY = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);

describe("The policy pack", function () {
  this.timeout(30_000);
  let pack: Pack;
  const judged = ({ resources, placed }: Program): Promise<Violation[]> => pack.judge(resources, placed);

  /** What one policy says of a program, each line once. All others say nothing. */
  async function said(policy: string, program: Program, configuration: Configuration = {}): Promise<string[]> {
    await pack.configure(configuration);
    const found = await judged(program);
    assert.deepEqual([...new Set(found.map((one) => one.policy))], found.length > 0 ? [policy] : []);
    return [...new Set(found.map(({ message }) => message))];
  }

  before(async () => {
    pack = await Pack.start();
  });
  after(() => pack.stop());
  afterEach(() => pack.configure({}));

  for (const [name, program] of Object.entries({ odc, odp, oms, dolphin }))
    it(`has nothing against ${name} as it is to be`, async () => {
      assert.deepEqual(await judged(await program()), []);
    });

  it("says nothing of what is not known yet", async () => {
    const program = altered(await odc(), "odc-node-p1", { image: UNKNOWN, envs: [UNKNOWN], uploads: UNKNOWN });
    assert.deepEqual(await judged(altered(program, "odc-proxy-files-p3", { files: UNKNOWN })), []);
  });

  it("takes violations as the configuration says, and shows the level", async () => {
    const program = await odc({ backup: { keep: 1 } });
    assert.deepEqual(
      (await judged(program)).map(({ policy, level }) => [policy, level]),
      [["kept-backups", "mandatory"]],
    );
    await pack.configure({ "kept-backups": { level: "advisory" } });
    assert.deepEqual(
      (await judged(program)).map(({ policy, level }) => [policy, level]),
      [["kept-backups", "advisory"]],
    );
    await pack.configure({ "kept-backups": { level: "disabled" } });
    assert.deepEqual(await judged(program), []);
    await pack.configure({ "kept-backups": { least: 1 } });
    assert.deepEqual(await judged(program), []);
  });

  it("leaves alone what is exempt, by the names of resource, component and host", async () => {
    const program = await odc({ proxy: { hosts: [host(3)], image: { reference: "nginx:1.28" }, https: {} } });
    const others: Configuration = { "several-balancers": { exempt: ["odc"] } };
    const images = (exempt: string[]): Configuration => ({ ...others, "pinned-images": { exempt } });
    assert.equal((await said("pinned-images", program, images([]))).length, 1);
    for (const name of ["odc-proxy-image-p3", "odc-proxy", "p3"])
      assert.deepEqual(await said("pinned-images", program, images([name])), [], name);
    const unguarded = { ...program, placed: new Map(program.placed) };
    for (const node of ["odc-node-p1", "odc-node-p2"]) {
      const place = program.placed.get(node);
      assert.ok(place);
      unguarded.placed.set(node, { ...place, after: [] });
    }
    const backups: Configuration = { ...images(["p3"]), "upgrade-backup": { exempt: ["odc-node-p1"] } };
    assert.deepEqual(await said("upgrade-backup", unguarded, backups), [
      "Container odc-node-p2 of odc: it waits for no backup: another version may change data so that the former one cannot read them; fix: have it depend on the step that makes the backup, as the component does",
    ]);
    assert.deepEqual(
      await said("upgrade-backup", unguarded, { ...backups, "upgrade-backup": { exempt: ["odc"] } }),
      [],
    );
  });

  describe("dolphin-controllers", () => {
    const config = "db-cluster-cfg";
    const rowsOf = ({ resources }: Program) =>
      resources.find(({ name }) => name === config)?.inputs.nodes as { mode: string; host: string }[];
    const group = "a group that outlives one of its hosts has";

    it("wants three at least, or as many as are configured", async () => {
      const program = await dolphin();
      const two = rowsOf(program).filter((_, i) => i > 0);
      assert.deepEqual(await said("dolphin-controllers", altered(program, config, { nodes: two })), [
        `DolphinClusterConfig db-cluster-cfg on 10.0.0.2, 10.0.0.3: 2 controllers: ${group} 3 at least; fix: describe 3, each on a host of its own`,
      ]);
      assert.deepEqual(await said("dolphin-controllers", program, { "dolphin-controllers": { least: 5 } }), [
        `DolphinClusterConfig db-cluster-cfg on 10.0.0.1, 10.0.0.2, 10.0.0.3: 3 controllers: ${group} 5 at least; fix: describe 5, each on a host of its own`,
      ]);
    });

    it("wants an odd number, and a host for each", async () => {
      const program = await dolphin();
      const rows = rowsOf(program);
      const four = [...rows, { ...rows[0], host: "10.0.0.4" }];
      assert.deepEqual(await said("dolphin-controllers", altered(program, config, { nodes: four })), [
        "DolphinClusterConfig db-cluster-cfg on 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4: 4 controllers: they outlive no more of them than 3 would: their number is odd; fix: describe 5, each on a host of its own",
      ]);
      const twin = rows.map((row, i) => (i === 2 ? { ...row, host: "10.0.0.1" } : row));
      assert.deepEqual(await said("dolphin-controllers", altered(program, config, { nodes: twin })), [
        "DolphinClusterConfig db-cluster-cfg on 10.0.0.1, 10.0.0.2, 10.0.0.1: two controllers on 10.0.0.1: the group would lose both at once; fix: give each its own host",
      ]);
    });
  });

  describe("several-nodes", () => {
    const rule = "what runs on one host is gone with it, and 2 are needed";

    it("wants two hosts of ODC, of ODP, and of each region of OMS", async () => {
      assert.deepEqual(await said("several-nodes", await odc({ nodes: [host(1)] })), [
        `OdcHaDeployment odc on p1: nodes = p1: ${rule}; fix: name another host in nodes`,
      ]);
      assert.deepEqual(await said("several-nodes", await odp({ hosts: [host(2)] })), [
        `OdpWithWatchdog odp on p2: hosts = p2: ${rule}; fix: name another host in hosts`,
      ]);
      const regions = [{ location: 0, nodes: [host(1)], singleNode: true, cmUrl: "http://10.0.0.1:8088" }];
      assert.deepEqual(await said("several-nodes", await oms({ regions })), [
        `OmsMultiNode oms on p1: regions[0].nodes = p1: ${rule}; fix: name another host in regions[0].nodes`,
      ]);
    });

    it("wants as many as are configured", async () => {
      assert.deepEqual(await said("several-nodes", await odc(), { "several-nodes": { least: 4 } }), [
        "OdcHaDeployment odc on p1, p2: nodes = p1, p2: too few outlive a failure, and 4 are needed; fix: name 2 more hosts in nodes",
      ]);
    });
  });

  describe("several-balancers", () => {
    const image = { tarballs: { amd64: "nginx.tar.gz" } };
    const rule = "all behind it is as available as this host, and 2 are needed";

    it("wants two hosts with nginx and an address that moves between them", async () => {
      assert.deepEqual(await said("several-balancers", await odc({ proxy: { hosts: [host(3)], image, https: {} } })), [
        `OdcHaDeployment odc on p3: proxy.hosts = p3, without a virtual IP: ${rule}; fix: name another one, and give proxy.virtualIp`,
      ]);
      assert.deepEqual(await said("several-balancers", await odp({ proxy: { hosts: [host(3)], image } })), [
        `OdpWithWatchdog odp on p3: proxy.hosts = p3, without a virtual IP: ${rule}; fix: name another one, and give proxy.virtualIp`,
      ]);
      const region = { location: 0, nodes: [host(1), host(2)], cmUrl: "http://oms.example.com:8088" };
      assert.deepEqual(
        await said("several-balancers", await oms({ regions: [{ ...region, proxy: { hosts: [host(3)], image } }] })),
        [`OmsMultiNode oms on p3: regions[0].proxy.hosts = p3: ${rule}; fix: name another one`],
      );
    });

    it("wants it of a load balancer of the program's own, too", async () => {
      const program = await registeredBy((opts) => {
        const args = { image, containerName: "front", config: "events {}", probe: { tcp: { port: 80 } } };
        return new LoadBalancer("front", { hosts: [host(3), host(4)], ...args }, opts).instances;
      });
      assert.deepEqual(await said("several-balancers", program), [
        "LoadBalancer front on p3, p4: hosts = p3, p4, without a virtual IP: users know one of them, which may be gone; fix: give a VirtualIp, and virtualAddress",
      ]);
    });

    it("wants as many hosts as are configured", async () => {
      assert.deepEqual(await said("several-balancers", await odc(), { "several-balancers": { least: 3 } }), [
        "OdcHaDeployment odc on p3, p4: proxy.hosts = p3, p4: all behind it is as available as these hosts, and 3 are needed; fix: name another one",
      ]);
    });

    it("lets ODP go without one, as clients may have their own", async () => {
      assert.deepEqual(await judged(await odp({ proxy: undefined })), []);
    });
  });

  describe("privileged-containers", () => {
    const rest =
      "privileged = true: who breaks out of such a container is root of the host, and only OMS's need it; fix: remove it; give the capabilities that the program needs";

    it("refuses all but those of OMS's nodes", async () => {
      const privileged = { privileged: true };
      assert.deepEqual(await said("privileged-containers", altered(await odc(), "odc-node-p2", privileged)), [
        `Container odc-node-p2 on p2: ${rest}`,
      ]);
      assert.deepEqual(await said("privileged-containers", altered(await oms(), "oms-influxdb-p3", privileged)), [
        `Container oms-influxdb-p3 on p3: ${rest}`,
      ]);
    });
  });

  describe("host-keys", () => {
    const rest = "whoever stands between this machine and the host could read and change everything; fix:";
    const give = `${rest} give hostKeys, and take acceptUnknownHostKey away`;
    const unpinned = { hostKeys: [], acceptUnknownHostKey: true };

    it("wants them in resources of the plugin, steps and Docker's client", async () => {
      const lines = await said("host-keys", await odc({ nodes: [host(1, unpinned), host(2)] }));
      assert.ok(lines.includes(`Files odc-dirs-p1 on p1: no key of the host is pinned: ${give}`));
      assert.ok(
        lines.includes(
          `Command odc-backup-p1 on 10.0.0.1: connection has no hostKey: ${rest} give connection.hostKey, and connection.proxy.hostKey where there is a proxy`,
        ),
      );
      const docker = `${rest} take the provider of a Host with hostKeys`;
      assert.deepEqual(
        lines.filter((line) => line.startsWith("docker ")),
        [`docker p1-docker on 10.0.0.1: sshOpts has a server whose key is not checked: ${docker}`],
      );
      assert.deepEqual(
        lines.filter((line) => line.includes("-p2")),
        [],
      );
    });

    it("wants those of the hosts of a cluster, and of bastions", async () => {
      const bastion = { address: "192.0.2.1", acceptUnknownHostKey: true };
      const hosts = [host(1, { bastion }), host(2), host(3)];
      const lines = await said("host-keys", await dolphin({ hosts }));
      assert.ok(
        lines.includes(`DolphinServer db-server on p1: no key of its bastion 192.0.2.1 is pinned: ${give}`),
        lines.join("\n"),
      );
    });

    it("refuses Engines that are reached without a proof of theirs", async () => {
      const program = await registeredBy((opts) => {
        const made = ["tcp://10.0.0.7:2375", "ssh://root@10.0.0.8", "unix:///var/run/docker.sock"].map(
          (address, i) => new docker.Provider(`own${i}`, { host: address }, opts),
        );
        return pulumi.all(made.map(({ urn }) => urn));
      });
      assert.deepEqual(await said("host-keys", program), [
        `docker own0 on 10.0.0.7: host = tcp://10.0.0.7:2375: ${rest} reach it by ssh://, or give caMaterial`,
        `docker own1 on 10.0.0.8: sshOpts does not say StrictHostKeyChecking=yes: ${rest} take the provider of a Host with hostKeys`,
      ]);
    });
  });

  describe("pinned-images", () => {
    const rule = "a tag may mean another image tomorrow, and on another host";
    const tagged = { reference: "registry.example.com/odc:4.3.1" };

    it("refuses references without a digest, but for those that are said to be fixed", async () => {
      const program = await odc({ image: tagged });
      const told = (n: number): string =>
        `Image odc-image-p${n} on p${n}: reference = registry.example.com/odc:4.3.1: ${rule}; fix: write it as registry.example.com/odc:4.3.1@sha256:…, or give a tarball`;
      assert.deepEqual(await said("pinned-images", program), [told(1), told(2)]);
      const configuration = { "pinned-images": { tagged: ["registry.example.com/"] } };
      assert.deepEqual(await said("pinned-images", program, configuration), []);
    });

    it("refuses them in containers and images of the program's own", async () => {
      const program = await registeredBy((opts) => {
        const image = new docker.RemoteImage("own", { name: "nginx:1.28" }, opts);
        const own = new docker.Container("own", { image: "nginx:1.28", name: "own" }, opts);
        return pulumi.all([image.urn, own.urn]);
      });
      const rest = `${rule}; fix: write it as nginx:1.28@sha256:…, or give a tarball`;
      assert.deepEqual((await said("pinned-images", program)).sort(), [
        `Container own: image = nginx:1.28: ${rest}`,
        `RemoteImage own: name = nginx:1.28: ${rest}`,
      ]);
    });
  });

  describe("plain-secrets", () => {
    const rest =
      "is plain text: it would stand in the state for everybody who reads that; fix: take it from config.requireSecret, or wrap it in pulumi.secret";

    it("tells a password that is kept encrypted from one that is not", async () => {
      const program = await odc();
      const envs = program.resources.find(({ name }) => name === "odc-node-p1")?.inputs.envs;
      assert.deepEqual(await said("plain-secrets", altered(program, "odc-node-p1", { envs: unwrap(envs) })), [
        `Container odc-node-p1 on p1: envs: DATABASE_PASSWORD ${rest}`,
        `Container odc-node-p1 on p1: envs: ODC_ADMIN_INITIAL_PASSWORD ${rest}`,
      ]);
    });

    it("finds passwords and keys in files of hosts and uploads", async () => {
      const key = "-----BEGIN PRIVATE KEY-----\nS3cret\n-----END PRIVATE KEY-----\n";
      const text =
        "user: oms\n  drc_password: 'S3cret'\nsls-access-key = S3cret\ntoken: true\npasswd=/etc/passwd\nsecret=$SECRET\n";
      const program = await oms();
      const files = { "/data/oms/config.yaml": { content: text }, "/etc/key": { content: key } };
      assert.deepEqual(await said("plain-secrets", altered(program, "oms-files-p1", { files })), [
        `Files oms-files-p1 on p1: /data/oms/config.yaml: drc_password ${rest}`,
        `Files oms-files-p1 on p1: /data/oms/config.yaml: sls-access-key ${rest}`,
        `Files oms-files-p1 on p1: /etc/key: a private key ${rest}`,
      ]);
      const uploads = [{ file: "/key", content: key }];
      assert.deepEqual(await said("plain-secrets", altered(program, "oms-influxdb-p3", { uploads })), [
        `Container oms-influxdb-p3 on p3: /key: a private key ${rest}`,
      ]);
    });
  });

  describe("upgrade-backup", () => {
    /** The program without one wait. */
    const without = ({ resources, placed }: Program, name: string, wait: RegExp): Program => {
      const place = placed.get(name);
      assert.ok(place);
      const after = place.after.filter((one) => !wait.test(one));
      assert.notDeepEqual(after, place.after, `${name} waits for ${place.after.join()}`);
      return { resources, placed: new Map([...placed, [name, { ...place, after }]]) };
    };
    const rest =
      "it waits for no backup: another version may change data so that the former one cannot read them; fix: have it depend on the step that makes the backup, as the component does";

    it("wants every node to wait for one, directly or not", async () => {
      const odcWithout = without(await odc(), "odc-node-p1", /^odc-(backup|restore)/);
      assert.deepEqual(await said("upgrade-backup", odcWithout), [`Container odc-node-p1 of odc: ${rest}`]);
      const dolphinWithout = ["db-controller-p1", "db-controller-p2", "db-controller-p3"].reduce(
        (program, name) => without(program, name, /^db-server$/),
        await dolphin(),
      );
      assert.deepEqual(await said("upgrade-backup", dolphinWithout), [`DolphinNodes db-nodes of db: ${rest}`]);
      // a node of OMS comes to the backup by several ways: all of them are taken away
      const { resources, placed } = await oms();
      const places = [...placed].map(([name, place]): [string, Placed] => {
        const after = place.after.filter((one) => !one.startsWith("oms-backup-"));
        return [name, { ...place, after }];
      });
      assert.deepEqual(await said("upgrade-backup", { resources, placed: new Map(places) }), [
        `Container oms-oms_427-p1 of oms: ${rest}`,
        `Container oms-oms_427-p2 of oms: ${rest}`,
      ]);
    });
  });

  describe("kept-backups", () => {
    it("wants several that outlive the deployment", async () => {
      const backup = { keep: 1, keepOnDestroy: false };
      const lines = (kind: string, name: string): string[] => [
        `${kind} ${name}: backup.keep = 1: 2 are needed: the newest may have what is to be taken back; fix: set it to 2 or more`,
        `${kind} ${name}: backup.keepOnDestroy = false: the backups would go with the deployment, by mistake too; fix: remove it`,
      ];
      assert.deepEqual(await said("kept-backups", await odc({ backup })), lines("OdcHaDeployment", "odc"));
      assert.deepEqual(await said("kept-backups", await oms({ backup })), lines("OmsMultiNode", "oms"));
      assert.deepEqual(await said("kept-backups", await dolphin({ backup })), lines("DolphinHaCluster", "db"));
      const configuration = { "kept-backups": { keptOnDestroy: false, least: 1 } };
      assert.deepEqual(await said("kept-backups", await odc({ backup }), configuration), []);
    });
  });

  describe("tls", () => {
    const rule = "passwords would cross the network for everybody on the way to read";

    it("wants HTTPS of ODC, OMS and all kinds of nodes of DolphinDB", async () => {
      const proxy = {
        hosts: [host(3), host(4)],
        image: { tarballs: { amd64: "nginx.tar.gz" } },
        virtualIp: { address: "10.0.0.100/24" },
      };
      assert.deepEqual(await said("tls", await odc({ proxy })), [
        `OdcHaDeployment odc: proxy has no https: ${rule}; fix: give proxy.https; {} makes a certificate`,
      ]);
      assert.deepEqual(await said("tls", await oms({ https: undefined })), [
        `OmsMultiNode oms: there is no https: ${rule}; fix: give https; {} makes a certificate`,
      ]);
      const parameters = { controllers: { maxMemSize: 1 }, agents: { maxMemSize: 1 }, nodes: { maxMemSize: 2 } };
      assert.deepEqual(
        await said("tls", await dolphin({ parameters })),
        ["controllers", "agents", "nodes"].map(
          (kind) =>
            `DolphinHaCluster db: parameters.${kind}.enableHTTPS is not true: ${rule}; fix: set parameters.${kind}.enableHTTPS to true`,
        ),
      );
    });
  });

  describe("certificate-end and license-end", () => {
    it("tell what ends soon", async () => {
      const until = inDays(21);
      const { certificate, key } = await makeCertificate({
        commonName: "odc.example.com",
        addresses: ["10.0.0.100"],
        until,
      });
      const proxy = {
        hosts: [host(3), host(4)],
        image: { tarballs: { amd64: "nginx.tar.gz" } },
        virtualIp: { address: "10.0.0.100/24" },
        https: { provided: { chain: certificate, privateKey: pulumi.secret(key) } },
      };
      const program = await odc({ proxy });
      const told = (n: number): string =>
        `Files odc-proxy-files-p${n} on p${n}: the certificate odc.example.com in /etc/dbha/odc-nginx/cert.pem ends on ${until}, in 20 days: 30 days must be left; fix: give a renewed one`;
      assert.deepEqual(await said("certificate-end", program), [told(3), told(4)]);
      assert.deepEqual(await said("certificate-end", program, { "certificate-end": { days: 20 } }), []);
    });

    it("tell a licence that ends soon, and nothing else of it", async () => {
      const end = inDays(29);
      const program = await dolphin({ license: `${end.replaceAll("-", ".")},64,16,12,S3cret,2,-1,,0\nU2VjcmV0\n` });
      assert.deepEqual(await said("license-end", program), [
        `DolphinLicense db-license on p1, p2, p3: the licence ends on ${end}, in 29 days: 30 days must be left; fix: give a renewed one`,
      ]);
      assert.deepEqual(await said("license-end", program, { "license-end": { days: 29 } }), []);
      const over = inDays(-1);
      const license = `${over.replaceAll("-", ".")},64,16,12,S3cret,2,-1,,0\nU2VjcmV0\n`;
      assert.deepEqual(await said("license-end", altered(program, "db-license", { license })), [
        `DolphinLicense db-license on p1, p2, p3: the licence ended on ${over}: 30 days must be left; fix: give a renewed one`,
      ]);
    });
  });
});
