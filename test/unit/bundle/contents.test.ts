import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as yaml from "yaml";
import { type Contents, installLines, leastOf, manifestText, sumsText } from "../../../bundle/contents";
import { packagesOf, siteManifest, tarballOf, withFiles } from "../../../bundle/lock";
import { siteProject } from "../../../bundle/site-project";

const contents: Contents = {
  version: "0.1.0",
  date: 1_700_000_000,
  node: "20.19",
  versions: { pulumi: "3.260.0", docker: "5.2.0" },
  room: { amd64: 2049, arm64: 1 },
  images: ["odc.tar.gz"],
  nodeArchives: [],
  packages: 2,
};

describe("Contents of a bundle", () => {
  it("are told to programs, and to install in lines of shell", () => {
    assert.deepEqual(JSON.parse(manifestText(contents)), {
      bundle: "dbha",
      made: "2023-11-14T22:13:20.000Z",
      version: "0.1.0",
      node: "20.19",
      versions: { pulumi: "3.260.0", docker: "5.2.0" },
      room: { amd64: 2049, arm64: 1 },
      images: ["odc.tar.gz"],
      nodeArchives: [],
      packages: 2,
    });
    assert.equal(
      installLines(contents),
      "VERSION=0.1.0\nARCHITECTURES='amd64 arm64'\nNODE_LEAST=20.19\nCLI_VERSION=3.260.0\nKIB_amd64=3\nKIB_arm64=1\n",
    );
    assert.equal(leastOf(">=20.19"), "20.19");
  });

  it("have sums as sha256sum writes them, in the order of paths", () => {
    const sums = new Map([
      ["npm/a.tgz", "22"],
      ["install", "11"],
    ]);
    assert.equal(sumsText(sums), "11  ./install\n22  ./npm/a.tgz\n");
  });

  it("have npm packages by files in the place of a registry, each version once", () => {
    const lock = {
      packages: {
        "": {},
        "node_modules/@pulumi/tls": { version: "5.6.1", integrity: "sha512-t", dependencies: { a: "1" } },
        "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
        "node_modules/b/node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
        "node_modules/called": { name: "c", version: "2.0.0", integrity: "sha512-c" },
      },
    };
    assert.deepEqual(packagesOf(lock), [
      { name: "@pulumi/tls", version: "5.6.1", integrity: "sha512-t" },
      { name: "a", version: "1.0.0", integrity: "sha512-a" },
      { name: "c", version: "2.0.0", integrity: "sha512-c" },
    ]);
    assert.deepEqual(withFiles(lock).packages["node_modules/@pulumi/tls"], {
      ...lock.packages["node_modules/@pulumi/tls"],
      resolved: "file:pulumi-tls-5.6.1.tgz",
    });
    assert.deepEqual(withFiles(lock).packages["node_modules/called"]?.resolved, "file:c-2.0.0.tgz");
    assert.deepEqual(withFiles(lock).packages[""], {});
    assert.equal(tarballOf("@a/b", "1.0.0"), "a-b-1.0.0.tgz");
  });

  it("install this package with Pulumi's in the versions that are tested", () => {
    const own = JSON.parse(readFileSync("package.json", "utf8")) as Parameters<typeof siteManifest>[0];
    const { dependencies } = siteManifest(own);
    assert.equal(dependencies["pulumi-dbha"], `file:pulumi-dbha-${own.version}.tgz`);
    assert.deepEqual(Object.keys(dependencies).sort(), ["pulumi-dbha", ...Object.keys(own.peerDependencies)].sort());
    assert.equal(dependencies["@pulumi/pulumi"], own.devDependencies["@pulumi/pulumi"]);
  });

  it("have a project with the settings of this checkout's, and every provider by its folder", () => {
    const text = readFileSync("Pulumi.yaml", "utf8");
    const files = siteProject(text);
    assert.deepEqual([...files.keys()], ["Pulumi.yaml", "index.js", "package.json"]);
    const project = yaml.parse(files.get("Pulumi.yaml") ?? "") as {
      config: unknown;
      main: string;
      plugins: { providers: unknown };
    };
    assert.deepEqual(project.config, (yaml.parse(text) as typeof project).config);
    assert.equal(project.main, "index.js");
    assert.deepEqual(project.plugins.providers, [
      { name: "dbha", path: "@PREFIX@/current/npm/node_modules/pulumi-dbha/bin" },
      ...["command", "docker", "random", "tls"].map((name) => ({ name, path: `@PREFIX@/current/plugins/${name}` })),
    ]);
  });
});
