import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { sshOptions } from "../../../components/ssh-options";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHost1AA";

describe("options for the system's ssh", () => {
  it("pin the host's keys without a known_hosts file", () => {
    const options = sshOptions(
      { name: "p1", address: "10.0.0.1", hostKeys: [key, "ecdsa-sha2-nistp256 AAAAE2"] },
      "id",
    );
    assert.deepEqual(options, [
      ...["-F", "none", "-i", "id", "-o", "IdentitiesOnly=yes"],
      ...["-o", "BatchMode=yes", "-o", "ConnectTimeout=15"],
      ...["-o", "ServerAliveInterval=10", "-o", "ServerAliveCountMax=3", "-o", "LogLevel=ERROR"],
      ...["-o", "GlobalKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=yes"],
      ...["-o", "UserKnownHostsFile=/dev/null", "-o"],
      `KnownHostsCommand=/usr/bin/printf "%%s\\n" "%H ${key}" "%H ecdsa-sha2-nistp256 AAAAE2"`,
    ]);
  });

  it("accept any key only where the host says so", () => {
    const options = sshOptions({ name: "p1", address: "10.0.0.1", acceptUnknownHostKey: true });
    assert.ok(options.includes("StrictHostKeyChecking=no"));
    assert.ok(!options.some((option) => option.startsWith("KnownHostsCommand")));
    assert.deepEqual(options.slice(2, 4), ["-o", "IdentityFile=none"], "without a key file the agent alone is asked");
    const pinned = sshOptions({ name: "p1", address: "10.0.0.1", hostKeys: [key], acceptUnknownHostKey: true });
    assert.ok(pinned.includes("StrictHostKeyChecking=yes"), "a pinned key is the only one");
  });

  it("go through the bastion with its own pinned keys, as ssh itself understands them", () => {
    const options = sshOptions(
      {
        name: "p1",
        address: "10.0.0.1",
        hostKeys: [key],
        bastion: { address: "b.example", port: 2222, user: "jump", hostKeys: [key] },
      },
      "my key",
    );
    const understood = execFileSync("ssh", [...options, "-G", "10.0.0.1"], { encoding: "utf8" });
    const line = understood.split("\n").find((one) => one.startsWith("proxycommand ")) ?? "";
    assert.match(
      line,
      /^proxycommand 'ssh' '-F' 'none' '-i' 'my key' .*'-p' '2222' '-l' 'jump' -W '\[%h\]:%p' 'b\.example'$/,
    );
    const own = sshOptions(
      { name: "p1", address: "10.0.0.1", bastion: { address: "b.example" } },
      "host key",
      "jump key",
    );
    assert.deepEqual(own.slice(2, 4), ["-i", "host key"]);
    assert.match(own.at(-1) ?? "", /^ProxyCommand='ssh' '-F' 'none' '-i' 'jump key' /);
    assert.match(line, /"%%%%s\\n" "%%H ssh-ed25519 /, "percent signs are doubled for the outer ssh");
  });
});
