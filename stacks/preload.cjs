// Loads the SDK, and the program as one compiled file. The SDK brings TypeScript and npm's dependency tree along, which turn
// functions into text for dynamic providers: more than half of its loading time, at every preview, for what these stacks never
// do. Both are loaded when they are first used.
"use strict";
const Module = require("node:module");
const { join, relative } = require("node:path");
const { bundle } = require("../bin/bundle.cjs");

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

// for the same purpose the SDK attaches a debugger, under which everything is slower
require("@pulumi/pulumi/runtime/closure/v8Hooks").isInitializedAsync = () => Promise.resolve();

// at every resource the SDK asks for a stack trace, each frame of which would be looked up in source maps: there are none here
Object.defineProperty(Error, "prepareStackTrace", { get: () => undefined, set: () => {} });

// Pulumi requires the file that Pulumi.yaml names, and that file is compiled with all that it imports
Module._extensions[".ts"] = (module, path) => {
  const entry = relative(join(__dirname, ".."), path);
  const name = `program-${entry.replace(/\W+/g, "_")}`;
  module.exports = require(bundle({ name, entry, external: ["@pulumi/*"] }));
};
