import { z } from "zod";
import type { Host } from "../kinds/fields";
import { newSuffix } from "../kinds/file-content";
import type { Context } from "../kinds/kind";
import { licenseOf, onlineProblems, type LicenseTerms } from "../resources/dolphin/license";
import { readFile, writeFile } from "../scripts/file";
import type { Remote } from "../ssh/remote";
import type { DolphinValue } from "./answer";
import type { DolphinCluster } from "./cluster";
import { DolphinRefused } from "./refusal";
import { Silent } from "./silence";
import { present } from "./site";
import type { UnderWay } from "./under-way";
import type { ClusterView, SeenNode } from "./view";

/** Aliases of nodes that have not taken a licence yet that lies on their host. */
export const licenseUnderWay = z.array(z.string());

/** A licence and where it lies on each host. */
export interface LicenseFile {
  text: string;
  sha256: string;
  terms: LicenseTerms;
  path: string;
  /** Further paths, where a file is replaced that is there. */
  copies?: readonly string[];
  owner: string;
  group: string;
  mode: string;
}

const step = "change the licence";

/** What to do about a licence that nodes do not take while they run. */
export const FIX_ONLINE =
  'give one that they take, or set update to "offline" (licenseUpdate of DolphinHaCluster), by which they restart one after the other';

/** Reads the answer to license() and updateLicense(). */
export function termsIn(value: DolphinValue): LicenseTerms {
  if (value.form !== "dict") throw new Error("license() answered no dictionary");
  return licenseOf(value.value);
}

/** Whether a node goes by a licence: its file does not name its kind. */
export const goesBy = (inForce: LicenseTerms, { end, memory, cores, nodes, client }: LicenseTerms): boolean =>
  JSON.stringify([inForce.end, inForce.memory, inForce.cores, inForce.nodes, inForce.client]) ===
  JSON.stringify([end, memory, cores, nodes, client]);

/** Writes a licence to all hosts. */
export async function writeLicense(hosts: readonly Host[], file: LicenseFile, context: Context): Promise<void> {
  await Promise.all(
    hosts.map(async (host) => {
      const remote = context.remote(host);
      await writeOne(remote, file, file.path);
      for (const path of file.copies ?? []) if (await isOther(remote, file, path)) await writeOne(remote, file, path);
    }),
  );
}

async function writeOne(remote: Remote, file: LicenseFile, path: string): Promise<void> {
  const { owner, group, mode, sha256, text } = file;
  const values = {
    ...{ path, owner, group, mode, sha256, salt: "", suffix: newSuffix() },
    ...{ create: false, validate: "", on_change: "", in_place: false },
  };
  await remote.run({ name: `write ${path}`, script: writeFile, values, body: Buffer.from(text) });
}

/** Whether there is a file with another text. */
async function isOther(remote: Remote, { sha256 }: LicenseFile, path: string): Promise<boolean> {
  const values = { path, salt: "", sha256, limit: 0 };
  const found = await remote.run({ name: `look at ${path}`, script: readFile, values });
  return found.get("kind") === "file" && found.must("sha256", /^[0-9a-f]{64}$/) !== sha256;
}

/** Has nodes that run go by another licence. */
export class LicenseChange {
  constructor(
    private readonly cluster: DolphinCluster,
    private readonly underWay: UnderWay<string[]>,
    private readonly file: LicenseFile,
    private readonly context: Context,
  ) {}

  /**
   * Holds what each node goes by against the engine's rules before anything is written, then has each node that is online read its
   * file. Those that do not are named when all others have.
   */
  async apply(view: ClusterView): Promise<void> {
    const online = view.nodes.filter(({ isOnline }) => isOnline);
    const behind: SeenNode[] = [];
    for (const node of online) {
      const inForce = await this.inForce(node);
      if (goesBy(inForce, this.file.terms)) continue;
      const problems = onlineProblems(inForce, this.file.terms);
      if (problems.length > 0)
        throw this.cluster.problem(
          node,
          step,
          `${node.alias} would not take it while it runs: ${problems.join("; ")}`,
          FIX_ONLINE,
        );
      behind.push(node);
    }
    if (behind.length > 0) await this.underWay.note(behind.map(({ alias }) => alias));
    await writeLicense(
      present(this.cluster.access.hosts).map(({ host }) => host),
      this.file,
      this.context,
    );
    const failed: { node: SeenNode; said: string }[] = [];
    for (const node of behind) {
      const said = await this.update(node);
      if (said !== undefined) failed.push({ node, said });
    }
    const [first] = failed;
    if (first !== undefined) {
      await this.underWay.note(failed.map(({ node }) => node.alias));
      const told = failed.map(({ node, said }) => `${node.alias}: ${said}`).join("; ");
      const done = behind.length - failed.length;
      throw this.cluster.problem(
        first.node,
        step,
        `${done} of ${behind.length} nodes go by it, and ${failed.length} do not: ${told}`,
        "correct what they name, and run it again, which goes on with them",
      );
    }
    await this.underWay.forget();
  }

  private async inForce(node: SeenNode): Promise<LicenseTerms> {
    return termsIn(await this.cluster.onNode(step, node, { name: "license" }));
  }

  /** Has one node read its file, and asks it. @returns what is wrong */
  private async update(node: SeenNode): Promise<string | undefined> {
    try {
      await this.cluster.sessions.ask(node, { name: "updateLicense" });
      const inForce = termsIn(await this.cluster.sessions.ask(node, { name: "license" }));
      return goesBy(inForce, this.file.terms) ? undefined : `it goes by one that ends on ${inForce.end}`;
    } catch (error) {
      if (error instanceof Silent || error instanceof DolphinRefused) return error.message;
      throw error;
    }
  }
}
