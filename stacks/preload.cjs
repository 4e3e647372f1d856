// Loads the SDK, and the program as one compiled file. The SDK brings along TypeScript and npm's dependency tree, which turn
// functions into text for dynamic providers, the Automation API, and exporters of traces: two thirds of its loading time, at
// every preview, for what these stacks never do. They are loaded when they are first used.
"use strict";
const Module = require("node:module");
const { join, relative, sep } = require("node:path");
const { debuglog } = require("node:util");
const { load: loadProgram } = require("../bin/bundle.cjs");

const LAZY = new Set([
  "typescript",
  "semver",
  "@npmcli/arborist",
  "normalize-package-data",
  "./automation",
  "@opentelemetry/exporter-zipkin",
  "@opentelemetry/instrumentation",
  "@opentelemetry/instrumentation-grpc",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace-base",
  "@opentelemetry/sdk-trace-node",
]);
const SDK = `${sep}@pulumi${sep}pulumi${sep}`;

const load = Module._load;
Module._load = function (request, parent, isMain) {
  const real = () => load.call(this, request, parent, isMain);
  return LAZY.has(request) && parent?.filename?.includes(SDK) ? later(real, request) : real();
};

/**
 * A module that is loaded when a member is asked for, of traces when it is used, since newer SDKs take the functions and classes
 * of those out at once: as an ES module, since nothing copies the members of those.
 */
function later(real, request) {
  const member = (module, name) => (name === "default" && !module.__esModule ? module : module[name]);
  const isOfTraces = request.startsWith("@opentelemetry/");
  const lookUp = (name) => (isOfTraces ? callable(() => real()[name]) : member(real(), name));
  return new Proxy({}, { get: (_, name) => (name === "__esModule" ? true : lookUp(name)) });
}

/** A function or class that is looked up when it is called or made. */
function callable(real) {
  return new Proxy(function () {}, {
    apply: (_, self, args) => Reflect.apply(real(), self, args),
    construct: (_, args) => new (real())(...args),
    get: (_, name) => real()[name],
  });
}

require("@pulumi/pulumi");

// for the same purpose the SDK attaches a debugger, under which everything is slower
require("@pulumi/pulumi/runtime/closure/v8Hooks").isInitializedAsync = () => Promise.resolve();

// the SDK tells the engine in which line a resource is made, which here is one of the compiled file and another in every build
require("@pulumi/pulumi/resource").Resource.callsites = () => [];

// for promises it asks for stack traces, each frame of which would be looked up in source maps: there are none here
Object.defineProperty(Error, "prepareStackTrace", { get: () => undefined, set: () => {} });

require("./promises.cjs");

// the SDK sends messages of how it registers each resource, one call after the other, which the engine shows with --debug alone
if (!debuglog("pulumi").enabled) require("@pulumi/pulumi/log").debug = () => Promise.resolve();

// Pulumi requires the file that Pulumi.yaml names, and that file is compiled with all that it imports
Module._extensions[".ts"] = (module, path) => {
  const entry = relative(join(__dirname, ".."), path);
  const name = `program-${entry.replace(/\W+/g, "_")}`;
  module.exports = loadProgram({ name, entry, external: ["@pulumi/*"] });
};
