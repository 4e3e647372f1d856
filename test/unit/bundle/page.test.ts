import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as yaml from "yaml";
import { settingsOf } from "../../../bundle/settings";
import { imageSource } from "../../../components/image-schema";

const page = readFileSync("docs/offline.md", "utf8");

describe("docs/offline.md", () => {
  it("lists the variables that make bundle takes", () => {
    const asked = new Set<string>();
    // what it does not ask for it does not take; the cache's own is no variable of make's
    const env = new Proxy<Record<string, string | undefined>>({}, { get: (_, name) => void asked.add(String(name)) });
    settingsOf(env);
    asked.delete("XDG_CACHE_HOME");
    const [, table = ""] = /^\| variable .*\n\|[- |]+\n((?:\|.*\n)+)/m.exec(page) ?? [];
    const listed = [...table.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, name]) => name);
    assert.deepEqual(listed.sort(), [...asked].sort());
  });

  it("shows an image as arguments take it", () => {
    const [, block = ""] = /^```yaml\n(.*?)^```$/ms.exec(page) ?? [];
    const { image } = yaml.parse(block) as { image: unknown };
    assert.deepEqual(imageSource.parse(image), {
      tarballs: { amd64: "/opt/dbha-bundle/images/odc-4.3.1.tar.gz" },
    });
  });
});
