import { Argument, Command, InvalidArgumentError } from "commander";
import { heal, inject, reboot, restartDocker, restartSshd, start, type Fault } from "./faults";
import { readLab, type HostName, type Lab } from "./lab";
import { checkLabName, HOST_NAMES } from "./name";

/** Reads `100ms` or `1.5s`; returns whole milliseconds. */
export function parseDelay(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text);
  const milliseconds = Number(match?.[1]) * (match?.[2] === "s" ? 1000 : 1);
  if (Number.isInteger(milliseconds) && milliseconds > 0 && milliseconds <= 60_000) return milliseconds;
  throw new InvalidArgumentError("A time from 1ms to 60s in whole milliseconds, such as 100ms, is wanted.");
}

/** Reads `5%`; returns the number. */
export function parsePercent(text: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)%$/.exec(text)?.[1]);
  if (percent > 0 && percent < 100) return percent;
  throw new InvalidArgumentError("A part between 0% and 100%, such as 5%, is wanted (all packets: cut).");
}

/** Reads `1MB`, `512KB` or `0`; returns bytes, with 1024 to the KB as disks' tools count. */
export function parseSize(text: string): number {
  const match = /^(\d+)(KB|MB)?$/.exec(text);
  const bytes = Number(match?.[1]) * (match?.[2] === "MB" ? 2 ** 20 : match?.[2] === "KB" ? 2 ** 10 : 1);
  if (bytes <= 32 * 2 ** 20) return bytes;
  throw new InvalidArgumentError("A size of up to 32MB, such as 1MB or 512KB, is wanted.");
}

const host = () => new Argument("<host>").choices(HOST_NAMES);

/** The command `lab/fault`: one subcommand a switch. */
export function faultCommand(): Command {
  const fault = new Command("fault")
    .description("fault switches: what they do shows in lab/status and ends with heal, lab/up or lab/down")
    .option("--name <name>", "which lab", "demo");
  const theLab = (): Lab => readLab(checkLabName(fault.opts<{ name: string }>().name));
  const lasting = async (on: HostName, what: Fault, done: string): Promise<void> => {
    const lab = theLab();
    await inject(lab, on, what);
    console.log(`${on}: ${done}; end it with: lab/fault --name ${lab.name} heal ${on}`);
  };

  fault
    .command("cut")
    .description("drop all packets of a host, both ways")
    .addArgument(host())
    .action((on: HostName) => lasting(on, { kind: "cut" }, "network cut"));
  fault
    .command("latency")
    .description("delay the packets that a host receives")
    .addArgument(host())
    .argument("<time>", "such as 100ms", parseDelay)
    .action((on: HostName, milliseconds: number) =>
      lasting(on, { kind: "latency", milliseconds }, `${milliseconds} ms of latency`),
    );
  fault
    .command("loss")
    .description("lose packets that a host receives")
    .addArgument(host())
    .argument("<part>", "such as 5%", parsePercent)
    .action((on: HostName, percent: number) => lasting(on, { kind: "loss", percent }, `${percent}% loss`));
  fault
    .command("fill")
    .description("fill a host's small disk, /srv/small")
    .addArgument(host())
    .option("--leave <size>", "what stays free, such as 1MB", parseSize, 0)
    .action((on: HostName, { leave }: { leave: number }) =>
      lasting(on, { kind: "full", leaveBytes: leave }, `/srv/small filled, ${leave} bytes left`),
    );
  fault
    .command("stop")
    .description("shut a host down")
    .addArgument(host())
    .option("--kill", "as when the power is lost")
    .action((on: HostName, { kill }: { kill?: true }) =>
      lasting(on, { kind: "stopped", power: kill === true ? "lost" : "off" }, "stopped"),
    );
  fault
    .command("start")
    .description("start a stopped host")
    .addArgument(host())
    .action(async (on: HostName) => {
      await start(theLab(), on);
      console.log(`${on}: runs`);
    });
  fault
    .command("reboot")
    .description("shut a host down and start it")
    .addArgument(host())
    .action(async (on: HostName) => {
      await reboot(theLab(), on);
      console.log(`${on}: rebooted`);
    });
  fault
    .command("restart")
    .description("restart a host's sshd or docker")
    .addArgument(host())
    .addArgument(new Argument("<service>").choices(["sshd", "docker"]))
    .option("--kill-sessions", "sshd only: end the sessions too")
    .action(async (on: HostName, service: "sshd" | "docker", { killSessions }: { killSessions?: true }) => {
      if (service === "docker") await restartDocker(theLab(), on);
      else await restartSshd(theLab(), on, killSessions === true ? "killed" : "kept");
      console.log(`${on}: ${service} restarted`);
    });
  fault
    .command("heal")
    .description("end all faults, of one host or of all")
    .addArgument(new Argument("[host]").choices(HOST_NAMES))
    .action(async (only?: HostName) => {
      const lab = theLab();
      for (const on of only === undefined ? HOST_NAMES : [only]) {
        const ended = await heal(lab, on);
        console.log(`${on}: ${ended.length === 0 ? "no fault" : `ended: ${ended.join(", ")}`}`);
      }
    });
  return fault;
}
