import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Host, OdcHaDeployment, type OdcHaDeploymentArgs } from "../../../components";
import { isSecret, mockEngine, unwrap, valueOf, type Registered } from "./mocks";
import { refusalOf } from "./refusal";
import { placing, type Placed } from "./placing";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHost1AA";
const host = (n: number): Host => new Host(`p${n}`, { address: `10.0.0.${n}`, hostKeys: [hostKey] });
const tarballs = { amd64: "odc.tar.gz" };

function odcArgs(nodes: Host[], proxyHost: Host): OdcHaDeploymentArgs {
  return {
    nodes,
    image: { tarballs },
    metaDb: { host: "10.0.0.9", port: 2883, username: "odc@meta#ob", password: "meta-pass" },
    proxy: { hosts: [proxyHost], image: { reference: "nginx:1.27" } },
  };
}

describe("OdcHaDeployment", () => {
  let registered: Registered[];
  let odc: OdcHaDeployment;
  let placed: Map<string, Placed>;
  const find = (name: string): Registered => {
    const one = registered.find((resource) => resource.name === name);
    assert.ok(one, `${name} is missing among ${registered.map((resource) => resource.name).join(", ")}`);
    return one;
  };

  before(async () => {
    registered = await mockEngine();
    const noted = placing();
    const { transformations } = noted;
    odc = new OdcHaDeployment("odc", odcArgs([host(1), host(2)], host(3)), { transformations });
    await valueOf(pulumi.all([odc.nodes, odc.proxies]));
    placed = await noted.placed();
  });

  it("registers exactly these resources", () => {
    const names = registered.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).sort();
    assert.deepEqual(names, [
      "Command odc-backup-p1",
      "Command odc-backups-p1",
      "Command odc-restore",
      "Container odc-node-p1",
      "Container odc-node-p2",
      "Container odc-proxy-nginx-p3",
      "Directory odc-backup-dir-p1",
      "Files odc-dirs-p1",
      "Files odc-dirs-p2",
      "Files odc-proxy-files-p3",
      "Host p1",
      "Host p2",
      "Host p3",
      "Image odc-image-p1",
      "Image odc-image-p2",
      "Image odc-proxy-image-p3",
      "LoadBalancer odc-proxy",
      "OdcHaDeployment odc",
      "Probe odc-health-p1",
      "Probe odc-health-p2",
      "Probe odc-proxy-probe-p3",
      "RandomPassword odc-admin-password",
      "docker p1-docker",
      "docker p2-docker",
      "docker p3-docker",
    ]);
  });

  it("runs the documented container", () => {
    const { envs, ...inputs } = find("odc-node-p2").inputs;
    assert.deepEqual(inputs, {
      name: "obodc",
      image: "sha256:odc-image-p2",
      labels: [],
      networkMode: "host",
      ipcMode: "private",
      restart: "unless-stopped",
      mustRun: true,
      stdinOpen: true,
      cpuPeriod: 100000,
      cpuQuota: 400000,
      memory: 8192,
      memorySwap: 16384,
      logDriver: "json-file",
      logOpts: { "max-size": "50m", "max-file": "3" },
      volumes: [
        { hostPath: "/var/log/odc", containerPath: "/opt/odc/log" },
        { hostPath: "/var/data/odc", containerPath: "/opt/odc/data" },
      ],
      destroyGraceSeconds: 30,
    });
    assert.ok(isSecret(envs), "the environment carries passwords");
    const environment = unwrap(envs) as string[];
    assert.ok(environment.includes("ODC_HOST=10.0.0.2"));
    assert.ok(environment.includes("DATABASE_PASSWORD=meta-pass"));
    assert.ok(environment.includes("ODC_ADMIN_INITIAL_PASSWORD=Random.Pass+12"));
  });

  it("asks each node for health and version, again for every new container", () => {
    const { host: data, repair, ...health } = find("odc-health-p1").inputs;
    assert.match((repair as { command: string }).command, /docker restart obodc/);
    assert.equal((data as { name: string }).name, "p1");
    const logs = ["odc.log", "ob-odc-web.str.0.log", "ob-odc-web.std.0.log"].map((file) => `/var/log/odc/${file}`);
    const supervisor = { ended: " exited: ", gaveUp: " entered FATAL state" };
    const watched = { container: "obodc", logFiles: logs, supervisor };
    assert.deepEqual(health, {
      // a session that is looked for in the MetaDB: ODC's isHealthy does not look there
      http: {
        port: 8989,
        path: "/api/v2/iam/users/me",
        headers: { Cookie: "JSESSIONID=MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw" },
        status: 401,
      },
      also: [{ http: { port: 8989, path: "/api/v2/info" }, extract: { version: "/data/version" } }],
      timeout: 600,
      triggers: ["odc-node-p1-id"],
      watched,
    });
  });

  it("has nginx check its configuration before the swap and reload after it", () => {
    const files = find("odc-proxy-files-p3").inputs.files as Record<string, Record<string, string>>;
    assert.deepEqual(Object.keys(files), ["/etc/dbha/odc-nginx/nginx.conf"]);
    const { content, validate, onChange } = files["/etc/dbha/odc-nginx/nginx.conf"] ?? {};
    assert.match(String(content), /server 10\.0\.0\.1:8989;\n\s+server 10\.0\.0\.2:8989;/);
    assert.equal(
      validate,
      'docker run --rm --network host -v "$DBHA_FILE":/etc/nginx/dbha/nginx.conf:ro sha256:odc-proxy-image-p3 nginx -t -q -c /etc/nginx/dbha/nginx.conf',
    );
    assert.match(String(onChange), /docker exec odc-nginx nginx -s reload/);
    const { inputs } = find("odc-proxy-nginx-p3");
    assert.deepEqual(inputs.command, ["nginx", "-g", "daemon off;", "-c", "/etc/nginx/dbha/nginx.conf"]);
    assert.deepEqual(inputs.volumes, [
      { hostPath: "/etc/dbha/odc-nginx", containerPath: "/etc/nginx/dbha", readOnly: true },
    ]);
  });

  it("keeps data and logs on destroy unless told otherwise", async () => {
    const both = (onDelete: string) => ({ "/var/log/odc": { onDelete }, "/var/data/odc": { onDelete } });
    assert.deepEqual(find("odc-dirs-p1").inputs.directories, both("keep"));
    const others = await mockEngine();
    const second = new OdcHaDeployment("o", { ...odcArgs([host(1)], host(1)), keepData: false });
    await valueOf(second.nodes);
    const { inputs } = others.find(({ name }) => name === "o-dirs-p1") as Registered;
    assert.deepEqual(inputs.directories, both("purge"));
  });

  it("generates the admin password by the document's rule", () => {
    assert.deepEqual(find("odc-admin-password").inputs, {
      length: 20,
      minNumeric: 2,
      minUpper: 2,
      minLower: 2,
      minSpecial: 2,
      overrideSpecial: "._+@#$%",
    });
  });

  it("tells url, nodes and proxies", async () => {
    assert.equal(await valueOf(odc.url), "http://10.0.0.3/");
    assert.deepEqual(await valueOf(odc.nodes), [
      {
        host: "p1",
        address: "10.0.0.1",
        endpoint: "10.0.0.1:8989",
        container: "obodc",
        version: "4.3.1",
        health: "healthy",
      },
      {
        host: "p2",
        address: "10.0.0.2",
        endpoint: "10.0.0.2:8989",
        container: "obodc",
        version: "4.3.1",
        health: "healthy",
      },
    ]);
    assert.deepEqual(await valueOf(odc.proxies), [
      {
        host: "p3",
        endpoint: "10.0.0.3:80",
        container: "odc-nginx",
        version: "vendor/image:1.0",
        health: "healthy",
        active: true,
      },
    ]);
  });

  it("makes everything a child of the deployment, in the order that keeps it serving", () => {
    const place = (name: string): string[] => [placed.get(name)?.parent ?? "", ...(placed.get(name)?.after ?? [])];
    assert.deepEqual(place("odc-node-p1"), ["odc", "odc-backup-p1", "odc-dirs-p1", "odc-restore"]);
    assert.deepEqual(place("odc-health-p1"), ["odc", "odc-node-p1"]);
    assert.deepEqual(place("odc-node-p2"), ["odc", "odc-backup-p1", "odc-dirs-p2", "odc-health-p1", "odc-restore"]);
    assert.deepEqual(place("odc-proxy"), ["odc"]);
    assert.deepEqual(place("odc-proxy-files-p3"), ["odc-proxy", "odc-health-p1", "odc-health-p2"]);
    assert.deepEqual(place("odc-proxy-nginx-p3"), ["odc-proxy", "odc-proxy-files-p3"]);
    assert.deepEqual(place("odc-proxy-probe-p3"), ["odc-proxy", "odc-proxy-nginx-p3"]);
  });

  it("sends the first node's image first where nothing serves, and nobody waits for more than the own one", () => {
    const after = (name: string): string[] | undefined => placed.get(name)?.after;
    assert.deepEqual(after("odc-image-p1"), []);
    assert.deepEqual(after("odc-image-p2"), ["odc-image-p1"]);
    assert.deepEqual(after("odc-proxy-image-p3"), []);
    assert.deepEqual(after("odc-backup-p1"), ["odc-backup-dir-p1", "odc-image-p1"]);
    assert.deepEqual(after("odc-restore"), []);
  });

  it("replaces a container for another limit, which the docker provider would not hand on, or Java not take", () => {
    const limits = ["cpuPeriod", "cpuQuota", "memory", "memorySwap"];
    for (const name of ["odc-node-p1", "odc-node-p2"])
      assert.deepEqual(placed.get(name)?.opts.replaceOnChanges, limits);
    assert.equal(placed.get("odc-proxy-nginx-p3")?.opts.replaceOnChanges, undefined);
  });

  it("tells what is wrong with its own name at once, with all the rest", () => {
    const args = { ...odcArgs([host(1)], host(1)), port: 0 };
    assert.deepEqual(
      refusalOf("OdcHaDeployment my odc", () => new OdcHaDeployment("my odc", args)),
      [
        'name = "my odc": must be 1 to 50 letters, digits, _ . and -, the first a letter or digit, since unit, files and backups are called after it; fix: choose another one, like "odc"',
        "port = 0: must be a whole number from 1 to 65535; fix: give the TCP port, like 8989",
      ],
    );
  });

  it("warns of a certificate's name with which users could not work", async () => {
    const { warn } = pulumi.log;
    const warnings: string[] = [];
    try {
      Object.assign(pulumi.log, { warn: (text: string) => warnings.push(text) });
      await mockEngine();
      const args = odcArgs([host(1)], host(1));
      const https = { alternativeNames: ["odc", "odc.lab"] };
      await valueOf(new OdcHaDeployment("o", { ...args, proxy: { ...args.proxy, https } }).nodes);
    } finally {
      Object.assign(pulumi.log, { warn });
    }
    assert.deepEqual(warnings, [
      'proxy.https.alternativeNames[1] = "odc.lab": ODC\'s cookie XSRF-TOKEN would be for the domain lab, which is a public suffix or a top-level domain, so that browsers drop it and users can log in and do nothing else (400 MissingCsrfToken); fix: take a name like web.odc.lab, one of a single label, or an IPv4 address',
    ]);
  });

  it("makes docker providers children of their hosts, one a host", async () => {
    const one = host(7);
    assert.equal(one.docker, one.docker);
    assert.equal(
      await valueOf(one.docker.urn),
      "urn:pulumi:stack::project::dbha:index:Host$pulumi:providers:docker::p7-docker",
    );
  });
});
