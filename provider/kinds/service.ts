import { createHash } from "node:crypto";
import { z } from "zod";
import type { Failure } from "../check";
import { anyTouches } from "../diff";
import { applyService, readService, removeService } from "../scripts/service";
import type { Answer } from "../ssh/answer";
import { StepFailed } from "../ssh/remote";
import { hasUnknown } from "../wire";
import { flag, Host, host, triggers } from "./fields";
import { Context, Found, Incomplete, Kind } from "./kind";

/** Seconds that a unit may take to stop and start. */
const DEFAULT_TIMEOUT = 300;
const timeoutRule = "must be a whole number of seconds from 10 to 172800; fix: write it without quotes";

/** In milliseconds; states of earlier versions have none. */
const limitOf = ({ timeout = DEFAULT_TIMEOUT }: { timeout?: number }): number => timeout * 1000;

type ServiceInputs = {
  host: Host;
  name: string;
  unit?: string;
  enabled: boolean;
  active: boolean;
  triggers: string[];
  timeout: number;
};
type ServiceOutputs = {
  activeState: string;
  unitFileState: string;
  found: { active: boolean; enabled: boolean };
};

const unitName = /^[A-Za-z0-9:_.\\@-]+\.(service|socket|timer|path|mount|target)$/;

const nameRule =
  "must be a unit's name of letters, digits, :, _, ., \\, @ and - that ends in .service, .socket, .timer, .path, .mount or .target; fix: write it like obproxy.service";

/** A systemd unit: its text, whether it starts at boot, whether it runs. */
export const serviceKind: Kind<ServiceInputs, ServiceOutputs> = {
  token: "dbha:index:Service",
  description: "A systemd unit on a host: its text, whether it starts at boot, whether it runs.",
  inputs: {
    host: host(),
    name: z.string(nameRule).regex(unitName, nameRule).describe("Name of the unit with its suffix."),
    unit: z
      .string("must be the text of a unit file; fix: give it whole, as systemd reads it")
      .optional()
      .describe("Text of /etc/systemd/system/NAME."),
    enabled: flag().default(true).describe("Start the unit at boot."),
    active: flag().default(true).describe("Run the unit now."),
    triggers: triggers().describe("Texts; when one changes, the running unit is restarted."),
    timeout: z
      .int(timeoutRule)
      .min(10, timeoutRule)
      .max(172_800, timeoutRule)
      .default(DEFAULT_TIMEOUT)
      .describe("Seconds that the unit may take to stop and start."),
  },
  outputs: {
    activeState: z.string().describe("What systemd calls ActiveState."),
    unitFileState: z.string().describe("What systemd calls UnitFileState."),
    found: z
      .strictObject({ active: z.boolean(), enabled: z.boolean() })
      .meta({ id: "ServiceFound", description: "How a unit was before this resource came." })
      .describe(
        "How the unit was before this resource; it is brought back to it on delete, with the unit file that was there.",
      ),
  },
  quiet: ["unit"],
  replaceOn: ["host.name", "name"],
  deleteBeforeReplace: true,

  rules: ({ unit, enabled }) => (typeof unit === "string" && !hasUnknown(unit) ? unitRules(unit, enabled) : []),

  import: {
    form: "UNIT with the name of a systemd unit",
    example: "p1:nginx.service",
    look: (rest) => (unitName.test(rest) ? (host, context) => find(host, rest, context) : undefined),
  },

  id: (inputs) => `${inputs.host.name}:${inputs.name}`,
  remains: ({ name }) => `unit ${name}`,

  foresee: (news, state) => ({
    ...(news.active ? { activeState: "active" } : {}),
    ...(state === undefined ? {} : { found: state.found }),
    ...(state !== undefined && state.enabled === news.enabled ? { unitFileState: state.unitFileState } : {}),
  }),

  create: (inputs, context) => apply(inputs, undefined, false, context),

  async read(state, context) {
    const answer = await context.remote(state.host).run({
      name: `look at ${state.name}`,
      script: readService,
      values: { name: state.name, has_unit: state.unit !== undefined, sha256: sha256Of(state.unit ?? "") },
    });
    const file = state.unit === undefined ? "missing" : answer.must("unit", unitFiles);
    if (answer.must("load", word) === "not-found" && file === "missing") {
      return undefined;
    }
    const text = { missing: "", same: state.unit, other: answer.body.toString("utf8") }[file];
    return {
      ...state,
      ...(state.unit === undefined ? {} : { unit: text }),
      active: runs(answer, state.active),
      enabled: startsAtBoot(answer, state.enabled),
      ...states(answer),
    };
  },

  async update(state, news, changed, context) {
    const { activeState, unitFileState, found } = state;
    if (changed.length > 0 && !anyTouches(changed, "unit", "enabled", "active", "triggers")) {
      return { activeState, unitFileState, found };
    }
    return apply(news, found, anyTouches(changed, "unit", "triggers"), context);
  },

  async delete(state, context) {
    const { host, name, unit, found } = state;
    await context.remote(host).run({
      name: `remove ${name}`,
      script: removeService,
      values: { name, has_unit: unit !== undefined, found_active: found.active, found_enabled: found.enabled },
      limit: limitOf(state),
    });
  },
};

/** A unit that was there; a text of its own in /etc/systemd/system is the resource's from now on. */
async function find(host: Host, name: string, context: Context): Promise<Found> {
  const remote = context.remote(host);
  const step = `import ${name}`;
  const answer = await remote.run({ name: step, script: readService, values: { name, has_unit: true, sha256: "" } });
  if (answer.must("load", word) === "not-found") {
    const fix = "correct the name, or declare the service with its text and without import, and up makes it";
    throw remote.problem(step, "systemd knows no such unit", fix);
  }
  const [active, enabled] = [runs(answer, false), startsAtBoot(answer, false)];
  // A link leads to the file of a package, or is an alias of another unit.
  const hasText = answer.must("unit", unitFiles) === "other" && answer.get("link") === undefined;
  return {
    inputs: { name, ...(hasText ? { unit: answer.body.toString("utf8") } : {}), enabled, active },
    outputs: { ...states(answer), found: { active, enabled } },
  };
}

async function apply(
  inputs: ServiceInputs,
  found: ServiceOutputs["found"] | undefined,
  restart: boolean,
  context: Context,
): Promise<ServiceOutputs> {
  const { host, name, unit, enabled, active } = inputs;
  try {
    const answer = await context.remote(host).run({
      name: active ? `start ${name}` : `set up ${name}`,
      script: applyService,
      values: {
        name,
        has_unit: unit !== undefined,
        sha256: sha256Of(unit ?? ""),
        enabled,
        active,
        restart,
        create: found === undefined,
      },
      body: Buffer.from(unit ?? ""),
      limit: limitOf(inputs),
    });
    const dropIns = answer.get("drop_ins") ?? "";
    if (unit !== undefined && dropIns !== "") {
      context.warn(`${name} on host ${host.name} is changed by ${dropIns}, beside the text that is given here`);
    }
    return { ...states(answer), found: found ?? foundBy(answer) };
  } catch (error) {
    // Once the unit file is in place Pulumi must know of it, or nobody would remove it.
    if (found === undefined && error instanceof StepFailed && error.answer.get("placed") !== undefined) {
      const before = { found: foundBy(error.answer), activeState: "failed", unitFileState: "", unit: "" };
      throw new Incomplete(before, error.message);
    }
    throw error;
  }
}

/** A state in systemd's words; that of a unit file is empty where there is none. */
const word = /^[a-z-]+$/;

/** What a unit file may be to the known one. */
const unitFiles = ["missing", "same", "other"] as const;

function states(answer: Answer): Pick<ServiceOutputs, "activeState" | "unitFileState"> {
  return { activeState: answer.must("active", word), unitFileState: answer.must("enabled", /^[a-z-]*$/) };
}

function foundBy(answer: Answer): ServiceOutputs["found"] {
  return {
    active: ["active", "reloading", "activating"].includes(answer.must("found_active", word)),
    enabled: answer.must("found_enabled", /^[a-z-]*$/).startsWith("enabled"),
  };
}

/** A oneshot that ended well is neither running nor broken: what is wanted counts as given. */
function runs(answer: Answer, wanted: boolean): boolean {
  const state = answer.must("active", word);
  if (state === "inactive" && answer.get("type") === "oneshot" && answer.get("result") === "success") {
    return wanted;
  }
  return ["active", "reloading", "activating"].includes(state);
}

/** Units without an [Install] section can be neither enabled nor disabled: what is wanted counts as given. */
function startsAtBoot(answer: Answer, wanted: boolean): boolean {
  const { unitFileState } = states(answer);
  const switchable = ["enabled", "enabled-runtime", "disabled", "masked", "masked-runtime", "linked", ""];
  return switchable.includes(unitFileState) ? unitFileState.startsWith("enabled") : wanted;
}

function unitRules(unit: string, enabled: unknown): Failure[] {
  if (enabled === true && !/^\[Install\]\s*$/m.test(unit)) {
    const fix = "add one with WantedBy=multi-user.target, or set enabled: false";
    return [{ property: "unit", reason: `unit: it has no [Install] section, so it cannot be enabled; ${fix}` }];
  }
  return [];
}

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
