import { parseDocument } from "yaml";
import { PROVIDERS } from "./parts";

/** What `install` puts its folder for. */
const PREFIX = "@PREFIX@";

/**
 * The files of a project that runs the stacks of this repository out of the npm package: `install` makes it, people copy it.
 * @param pulumiYaml that of this checkout, with the descriptions of its settings
 */
export function siteProject(pulumiYaml: string): Map<string, string> {
  const project = parseDocument(pulumiYaml);
  project.set("main", "index.js");
  project.setIn(["runtime"], { name: "nodejs", options: { typescript: false } });
  const path = (name: string): string => `${PREFIX}/current/plugins/${name}`;
  const providers = [
    { name: "dbha", path: `${PREFIX}/current/npm/node_modules/pulumi-dbha/bin` },
    ...PROVIDERS.map((name) => ({ name, path: path(name) })),
  ];
  project.setIn(["plugins"], { providers });
  project.commentBefore = " The providers are those that the bundle has brought: none is downloaded.";
  return new Map([
    ["Pulumi.yaml", project.toString({ lineWidth: 0 })],
    [
      "index.js",
      '// The stacks of the npm package. A program of your own takes its place.\nmodule.exports = require("pulumi-dbha/stacks");\n',
    ],
    ["package.json", `${JSON.stringify({ name: "dbha-stacks", private: true, main: "index.js" }, undefined, 2)}\n`],
  ]);
}
