// What a checkout runs is compiled into one file, which loads in a third of the time. The file is kept under a name made from
// all that it was made of: an edit is never hidden by a stale build. The npm package carries compiled files and needs none of it.
"use strict";
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");

/** How many builds of a program stay: going back and forth between branches need not compile. */
const KEPT = 5;

/**
 * The file with a program's sources, compiled unless that was done before.
 * @param name of the program, at the beginning of the file's name.
 * @param folder with the sources, relative to the checkout; no other may be imported, for an edit there would go unseen.
 * @param entry within the folder.
 * @param external packages that are loaded from where they are installed.
 */
exports.bundle = ({ name, folder, entry, external }) => {
  const cache = join(root, "node_modules", ".cache", "dbha");
  const file = join(cache, `${name}-${fingerprint(folder, external)}.cjs`);
  if (fs.existsSync(file)) return file;
  const { metafile, outputFiles } = require("esbuild").buildSync({
    absWorkingDir: root,
    entryPoints: [join(root, folder, entry)],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    external,
  });
  const own = [`${folder}/`, "node_modules/", "package.json"];
  const foreign = Object.keys(metafile.inputs).filter((path) => !own.some((start) => path.startsWith(start)));
  if (foreign.length > 0)
    throw new Error(`${folder}/ may not import ${foreign.join(", ")}: an edit there would go unseen`);
  fs.mkdirSync(cache, { recursive: true });
  // several may start at once: each puts a whole file in place
  const unfinished = `${file}.${process.pid}`;
  fs.writeFileSync(unfinished, outputFiles[0].contents);
  fs.renameSync(unfinished, file);
  for (const stale of builds(cache, name).slice(KEPT)) fs.rmSync(stale, { force: true });
  return file;
};

/** Changes with every source, with the libraries' versions and with this file. */
function fingerprint(folder, external) {
  const sources = fs.readdirSync(join(root, folder), { recursive: true }).filter((path) => path.endsWith(".ts"));
  const files = [
    ...sources.sort().map((path) => join(folder, path)),
    "package.json",
    "package-lock.json",
    "tsconfig.json",
  ];
  const hash = createHash("sha256").update(fs.readFileSync(__filename)).update(external.join());
  for (const path of files) hash.update(`\0${path}\0`).update(fs.readFileSync(join(root, path)));
  return hash.digest("hex").slice(0, 16);
}

/** A program's builds, newest first. */
function builds(cache, name) {
  const files = fs.readdirSync(cache).filter((file) => file.startsWith(`${name}-`));
  const made = (file) => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return files.map((file) => join(cache, file)).sort((one, other) => made(other) - made(one));
}
