// Entry of the lab's commands.
"use strict";
// large, or with native parts
const external = ["dockerode", "ssh2"];
require("../../bin/bundle.cjs").load({ name: "lab", entry: "lab/src/cli.ts", external });
