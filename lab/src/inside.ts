import { PassThrough, type Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { dockerClient } from "./docker";
import { objectNames, type MemberName } from "./name";

/** What names a lab's containers. */
export interface LabIdentity {
  name: string;
  directory: string;
}

/** Result of a command in a container; a failure is a result too. */
export interface ExecResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a shell command as root inside a member of the lab, through the machine's Docker daemon: it works with the member's
 * sshd, dockerd or network down.
 */
export async function exec(
  lab: LabIdentity,
  member: MemberName,
  command: string,
  options: { stdin?: string } = {},
): Promise<ExecResult> {
  const docker = dockerClient();
  const container = docker.getContainer(objectNames(lab.name, lab.directory).container(member));
  const instance = await container.exec({
    Cmd: ["/bin/sh", "-c", command],
    User: "root",
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await instance.start({ hijack: true, stdin: true });
  const [out, err] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream as Readable, out, err);
  stream.on("end", () => [out, err].forEach((side) => side.end()));
  stream.on("error", (error) => [out, err].forEach((side) => side.destroy(error)));
  stream.end(options.stdin ?? "");
  const [stdout, stderr] = await Promise.all([text(out), text(err)]);
  const { ExitCode } = await instance.inspect();
  return { stdout, stderr, exitCode: ExitCode ?? -1 };
}

/** `exec` for commands that must succeed; returns the standard output without the white space around it. */
export async function run(
  lab: LabIdentity,
  member: MemberName,
  command: string,
  options: { stdin?: string } = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await exec(lab, member, command, options);
  if (exitCode !== 0) throw new Error(`${member}: \`${command}\` ended with ${exitCode}: ${stderr.trim()}`);
  return stdout.trim();
}
