// Loads the SDK and tsx before the program. The SDK brings TypeScript and npm's dependency tree along, which turn functions into
// text for dynamic providers: more than half of its loading time, at every preview, for what these stacks never do. Both are loaded
// when they are first used.
"use strict";
const Module = require("node:module");

const load = Module._load;
const LAZY = {
  typescript: (loaded) => new Proxy({}, { get: (_, name) => loaded()[name] }),
  "@npmcli/arborist": (loaded) => ({
    __esModule: true,
    get Arborist() {
      return loaded().Arborist;
    },
  }),
};

Module._load = function (request, parent, isMain) {
  const real = () => load.call(this, request, parent, isMain);
  return Object.hasOwn(LAZY, request) ? LAZY[request](real) : real();
};
require("@pulumi/pulumi");
Module._load = load;
require("tsx/cjs");
