// The policy pack: one compiled file in the npm package, the TypeScript sources in a checkout.
"use strict";
const { existsSync } = require("node:fs");
const { join } = require("node:path");

if (existsSync(join(__dirname, "pack.ts"))) {
  require("../bin/bundle.cjs").load({ name: "policy", entry: "policy/pack.ts", external: ["@pulumi/*"] });
} else {
  require("./dist/pack.js");
}
