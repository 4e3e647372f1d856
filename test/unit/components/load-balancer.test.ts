import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Host, LoadBalancer, tlsFile, type LoadBalancerArgs } from "../../../components";
import { isSecret, mockEngine, unwrap, valueOf, type Registered } from "./mocks";
import { refusalOf } from "./refusal";

const hostKeys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHost1AA"];
const host = (n: number): Host => new Host(`p${n}`, { address: `10.0.0.${n}`, hostKeys });
const tls = {
  chain: "-----BEGIN CERTIFICATE-----\nchain\n-----END CERTIFICATE-----",
  privateKey: "-----BEGIN PRIVATE KEY-----\nkey\n-----END PRIVATE KEY-----\n",
};
const args = (...hosts: Host[]): LoadBalancerArgs => ({
  hosts,
  image: { reference: "nginx:1.27" },
  containerName: "web",
  config: "events {}",
  probe: { tcp: { port: 80 } },
});

describe("LoadBalancer", () => {
  let registered: Registered[];
  let balancer: LoadBalancer;
  let waits: Map<string, string[]>;
  let options: Map<string, pulumi.CustomResourceOptions>;
  const inputs = (name: string) => registered.find((one) => one.name === name)?.inputs as Record<string, unknown>;
  const file = (n: number, name: string) =>
    (unwrap(inputs(`lb-files-p${n}`).files) as Record<string, Record<string, unknown>>)[`/etc/dbha/web/${name}`] ?? {};
  const nameOf = (resource: pulumi.Resource): string => (resource as unknown as { __name: string }).__name;

  async function deploy(change: Partial<LoadBalancerArgs>, holder = ""): Promise<void> {
    const addresses = [{ interface: "eth0", address: "10.0.0.100", prefixLength: 24 }];
    registered = await mockEngine({}, { [holder]: { addresses } });
    waits = new Map();
    options = new Map();
    const pending: Promise<unknown>[] = [];
    const transformations = [
      ({ name, opts }: pulumi.ResourceTransformationArgs): undefined => {
        options.set(name, opts);
        const known = Promise.resolve(
          (opts as { dependsOn?: pulumi.Resource[] | Promise<pulumi.Resource[]> }).dependsOn,
        );
        pending.push(known.then((found) => waits.set(name, (found ?? []).map(nameOf).sort())));
      },
    ];
    balancer = new LoadBalancer("lb", { ...args(host(1), host(2), host(3)), ...change }, { transformations });
    await valueOf(balancer.instances);
    await Promise.all(pending);
  }

  it("registers the same for every host, and nothing for a certificate that is not given", async () => {
    await deploy({});
    const roles = (n: number): string[] => registered.map(({ name }) => name).filter((name) => name.endsWith(`-p${n}`));
    for (const n of [1, 2, 3])
      assert.deepEqual(
        roles(n).sort(),
        ["files", "image", "nginx", "probe"].map((role) => `lb-${role}-p${n}`),
      );
    assert.deepEqual(
      await valueOf(balancer.instances),
      ["p1", "p2", "p3"].map((name) => ({ host: name, version: "vendor/image:1.0", healthy: true })),
    );
  });

  it("changes host after host, each when the one before it serves; images do not wait", () => {
    assert.deepEqual(waits.get("lb-files-p1"), []);
    assert.deepEqual(waits.get("lb-nginx-p1"), ["lb-files-p1"]);
    assert.deepEqual(waits.get("lb-probe-p1"), ["lb-nginx-p1"]);
    assert.deepEqual(waits.get("lb-files-p2"), ["lb-probe-p1"]);
    assert.deepEqual(waits.get("lb-files-p3"), ["lb-probe-p2"]);
    assert.deepEqual(waits.get("lb-image-p3"), []);
  });

  it("replaces a container old one first, and the directory of another name with it", () => {
    assert.equal(options.get("lb-nginx-p1")?.deleteBeforeReplace, true);
    assert.deepEqual(options.get("lb-files-p1")?.replaceOnChanges, ["directories"]);
  });

  it("changes the host that has the virtual address last, and all of them after what they are to wait for", async () => {
    const first = new Host("first", { address: "10.0.0.9", hostKeys });
    await deploy({ virtualAddress: "10.0.0.100", after: [first] }, "p1");
    assert.deepEqual(waits.get("lb-files-p2"), ["first"]);
    assert.deepEqual(waits.get("lb-files-p3"), ["first", "lb-probe-p2"]);
    assert.deepEqual(waits.get("lb-files-p1"), ["first", "lb-probe-p3"]);
  });

  it("has nginx check the configuration with the certificate, the certificate with the configuration", async () => {
    await deploy({ tls });
    const run = "docker run --rm --network host";
    const config = file(1, "nginx.conf");
    assert.equal(
      config.validate,
      `${run} -v "$DBHA_FILE":/etc/nginx/dbha/nginx.conf:ro -v /etc/dbha/web/cert.pem:/etc/nginx/dbha/cert.pem:ro sha256:lb-image-p1 nginx -t -q -c /etc/nginx/dbha/nginx.conf`,
    );
    const certificate = file(1, "cert.pem");
    assert.equal(
      certificate.validate,
      `[ ! -e /etc/dbha/web/nginx.conf ] || ${run} -v /etc/dbha/web/nginx.conf:/etc/nginx/dbha/nginx.conf:ro -v "$DBHA_FILE":/etc/nginx/dbha/cert.pem:ro sha256:lb-image-p1 nginx -t -q -c /etc/nginx/dbha/nginx.conf`,
    );
    const reload =
      'case "$(docker inspect -f \'{{.State.Running}}{{range .Mounts}} {{.Destination}}{{end}} \' web 2>/dev/null)" in true*" /etc/nginx/dbha "*) docker exec web nginx -s reload -c /etc/nginx/dbha/nginx.conf ;; esac';
    assert.deepEqual([config.onChange, certificate.onChange], [reload, reload]);
  });

  it("puts chain and key into one secret file for root alone, at the path that nginx.conf names", () => {
    const { content, mode } = file(2, "cert.pem");
    assert.ok(isSecret(inputs("lb-files-p2").files));
    assert.equal(unwrap(content), `${tls.chain}\n${tls.privateKey}`);
    assert.equal(mode, "0600");
    assert.equal(tlsFile, "/etc/nginx/dbha/cert.pem");
    assert.deepEqual(inputs("lb-nginx-p2").volumes, [
      { hostPath: "/etc/dbha/web", containerPath: "/etc/nginx/dbha", readOnly: true },
    ]);
  });

  const cases: [name: string, change: (args: LoadBalancerArgs) => unknown, problems: string[]][] = [
    [
      "no host",
      (given) => (given.hosts = []),
      ["hosts = []: at least one host is needed; fix: name the hosts that run nginx"],
    ],
    [
      "a host twice",
      (given) => given.hosts.push(given.hosts[0] as Host),
      ['hosts[1] = "p1": each host can run it once; fix: name it once'],
    ],
    [
      "a container name with a space",
      (given) => (given.containerName = "my nginx"),
      [
        'containerName = "my nginx": must be a container name: letters, digits, _ . and -, at least two characters; fix: write it like "obodc"',
      ],
    ],
    [
      "an empty configuration",
      (given) => (given.config = ""),
      ['config = "": must be a non-empty text; fix: give the text of nginx.conf'],
    ],
    [
      "no probe",
      (given) => (given.probe = {}),
      ["probe = {}: exactly one of http and tcp must be given; fix: give one and remove the other"],
    ],
    [
      "a virtual address with prefix length",
      (given) => (given.virtualAddress = "10.0.0.100/24"),
      [
        'virtualAddress = "10.0.0.100/24": must be an IP address; fix: write it like "10.0.0.100", without prefix length',
      ],
    ],
    [
      "a certificate and an encrypted key, of which nothing is shown",
      (given) => (given.tls = { chain: "none", privateKey: "-----BEGIN ENCRYPTED PRIVATE KEY-----\nkey" }),
      [
        'tls.chain = "none": must be certificates in PEM; fix: give the text of the file, from -----BEGIN CERTIFICATE----- on',
        "tls.privateKey = [secret]: must be a private key in PEM that is not encrypted; fix: give the text of the file, from -----BEGIN PRIVATE KEY----- on",
      ],
    ],
  ];
  for (const [name, change, problems] of cases)
    it(`refuses ${name}`, async () => {
      await mockEngine();
      const given = args(host(1));
      change(given);
      assert.deepEqual(
        refusalOf("LoadBalancer lb", () => new LoadBalancer("lb", given)),
        problems,
      );
    });
});
