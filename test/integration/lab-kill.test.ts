import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dockerClient } from "../../lab/src/docker";
import { labDown } from "../../lab/src/lab";
import { objectNames } from "../../lab/src/name";
import { labPaths, REPO_ROOT } from "../../lab/src/paths";
import { command, faultsOf } from "./lab-command";

const LAB = "labkill";

/**
 * Runs a lab command and kills it and all it started, as with a closed laptop, as soon as its output shows `moment`.
 * @returns the output
 */
async function killed(what: "up" | "down", moment: RegExp): Promise<string> {
  const child = spawn(`lab/${what}`, ["--name", LAB], {
    cwd: REPO_ROOT,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  const limit = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), 120_000);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => {
      const seen = moment.test(output);
      output += data.toString();
      if (!seen && moment.test(output)) process.kill(-(child.pid ?? 0), "SIGKILL");
    });
  const [, signal] = (await ended) as [number | null, string | null];
  clearTimeout(limit);
  assert.match(output, moment);
  assert.equal(signal, "SIGKILL", `lab/${what} was over before it could be killed:\n${output}`);
  return output;
}

/** What there is of the lab on this machine. */
async function traces(): Promise<string[]> {
  const { directory } = labPaths(LAB);
  const { bridge } = objectNames(LAB, directory);
  const filters = { label: [`dbha.lab.directory=${directory}`] };
  const docker = dockerClient();
  // without a daemon there is no container either: the last lab/down stopped it
  const up = await docker.ping().then(Boolean, () => false);
  return [
    ...(up ? (await docker.listContainers({ all: true, filters })).map(({ Names }) => Names[0] ?? "") : []),
    ...(up ? (await docker.listNetworks({ filters })).map(({ Name }) => Name) : []),
    ...(up ? (await docker.listVolumes({ filters })).Volumes.map(({ Name }) => Name) : []),
    ...((await command("ip", "-o", "link")).output.includes(bridge) ? ["interface"] : []),
    ...((await command("iptables-save")).output.includes(bridge) ? ["firewall rule"] : []),
    ...(existsSync(directory) ? ["files"] : []),
  ];
}

describe("lab commands killed with all that they started", function () {
  this.timeout(300_000);
  after(() => labDown(LAB));

  /** Fails where the lock of a killed command was still held; those of other labs, on which tests run meanwhile, may hold it. */
  const assertLockWasFree = (output: string): void =>
    assert.doesNotMatch(output, /waiting for lab\/\w+ --name labkill /);

  /**
   * Nothing of the lab runs when the first command of a row begins; the second one finds what the first has left. Moments of the
   * first come early in the output, those of the second late.
   */
  const moments: [first: RegExp, second: RegExp, down?: RegExp][] = [
    [/❯ Packages on this machine/, /❯ metadb /, /❯ Lab labkill/],
    [/✔ Docker daemon/, /❯ p1 /, /✔ Lab labkill/],
    [/✔ Debian base/, /waiting for metadb/, /❯ Files/],
    [/❯ Network/, /waiting for p1/, /✔ Files/],
    [/✔ Network/, /✔ metadb /, /❯ Docker daemon/],
    [/✔ p\d /, /✔ Files/],
  ];
  for (const [first, second, down] of moments) {
    it(`lab/up at ${first.source}, then at ${second.source} is repaired by the next${down === undefined ? "" : `; lab/down at ${down.source} is finished by the next`}`, async () => {
      await killed("up", first);
      assertLockWasFree(await killed("up", second));
      const next = await command("lab/up", "--name", LAB);
      assert.equal(next.exitCode, 0, next.output);
      assertLockWasFree(next.output);
      assert.deepEqual(await faultsOf(LAB), {});
      if (down === undefined) return;
      await killed("down", down);
      await labDown(LAB);
      assert.deepEqual(await traces(), []);
    });
  }
});
