// What a checkout runs is compiled into one file, which loads in a third of the time. The file is kept under a name made from
// all that it was made of: an edit is never hidden by a stale build. The npm package carries compiled files and needs none of it.
"use strict";
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const nodeModule = require("node:module");
const { basename, dirname, join } = require("node:path");
const v8 = require("node:v8");
const vm = require("node:vm");

const node20 = !nodeModule.enableCompileCache;
// what runs for a second ends before code that V8 optimises in its threads pays for that; later versions of V8 wait longer
if (node20) v8.setFlagsFromString("--interrupt-budget=400000");
else nodeModule.enableCompileCache();

const root = join(__dirname, "..");
const cache = join(root, "node_modules", ".cache", "dbha");

/** Beyond the sources: versions of libraries, the compiler's settings, and this file. */
const SURROUNDINGS = ["package-lock.json", "tsconfig.json", "bin/bundle.cjs"];

/** How many builds of a program stay: going back and forth between branches need not compile. */
const KEPT = 5;

/**
 * Loads a program and all that it imports from one file, compiled unless that was done before. Returns what it exports.
 * @param name of the program, at the beginning of the file's name.
 * @param entry its first source, relative to the checkout.
 * @param external packages that are loaded from where they are installed.
 */
exports.load = (program) => {
  const file = bundle(program);
  return node20 ? loadWithCache(file) : require(file);
};

/** Of this very build of Node: another one may take V8's code of this one for its own, and crash. */
const build = () =>
  createHash("sha256")
    .update(JSON.stringify([process.versions, process.config, process.arch]))
    .digest("hex")
    .slice(0, 8);

/** Node 20 has no cache of compiled code: V8's is kept beside the file. */
function loadWithCache(file) {
  const code = `${file}.${build()}.v8`;
  const cachedData = fs.existsSync(code) ? fs.readFileSync(code) : undefined;
  const source = nodeModule.wrap(fs.readFileSync(file, "utf8"));
  const script = new vm.Script(source, { filename: file, cachedData });
  if (!cachedData || script.cachedDataRejected) process.once("exit", () => keep(code, script));
  const module = { exports: {} };
  script.runInThisContext()(module.exports, nodeModule.createRequire(file), module, file, dirname(file));
  return module.exports;
}

function keep(code, script) {
  try {
    put(code, script.createCachedData());
  } catch {
    // whoever must not write there compiles it again
  }
}

function bundle({ name, entry, external }) {
  const known = sourcesOf(name);
  const before = known && built(name, known, external);
  if (before && fs.existsSync(before)) return before;
  const { metafile, outputFiles } = require("esbuild").buildSync({
    absWorkingDir: root,
    entryPoints: [join(root, entry)],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node20",
    // code that is loaded from V8's cache cannot import; it requires when it gets there
    supported: { "dynamic-import": false },
    mainFields: ["module", "main"],
    external,
  });
  const sources = Object.keys(metafile.inputs).filter((path) => !/(^|\/)node_modules\//.test(path));
  const file = built(name, sources, external);
  fs.mkdirSync(cache, { recursive: true });
  put(file, outputFiles[0].contents);
  put(listOf(name), JSON.stringify(sources));
  for (const stale of builds(name).slice(KEPT)) removeBuild(stale);
  return file;
}

const listOf = (name) => join(cache, `${name}.sources.json`);

/** What the last build was made of. A further source comes with an edit of the one that imports it. */
function sourcesOf(name) {
  try {
    return JSON.parse(fs.readFileSync(listOf(name), "utf8"));
  } catch {
    return undefined;
  }
}

/** The name of a build from these sources as they are now; undefined when one is gone. */
function built(name, sources, external) {
  const hash = createHash("sha256").update(external.join());
  for (const path of [...SURROUNDINGS, ...sources]) {
    const file = join(root, path);
    if (!fs.existsSync(file)) return undefined;
    hash.update(`\0${path}\0`).update(fs.readFileSync(file));
  }
  return join(cache, `${name}-${hash.digest("hex").slice(0, 16)}.cjs`);
}

/** A build, and V8's code of it. */
function removeBuild(stale) {
  const parts = fs.readdirSync(cache).filter((name) => name.startsWith(basename(stale)));
  for (const part of parts) fs.rmSync(join(cache, part), { force: true });
}

/** Several may start at once: each puts a whole file in place. */
function put(file, content) {
  const unfinished = `${file}.${process.pid}`;
  fs.writeFileSync(unfinished, content);
  fs.renameSync(unfinished, file);
}

/** A program's builds, newest first. */
function builds(name) {
  const files = fs.readdirSync(cache).filter((file) => file.startsWith(`${name}-`) && file.endsWith(".cjs"));
  const made = (file) => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return files.map((file) => join(cache, file)).sort((one, other) => made(other) - made(one));
}
