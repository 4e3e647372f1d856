import assert from "node:assert/strict";
import { labName } from "../test-lab";
import { on } from "./hosts";
import { traces } from "./traces";

const HOST = "p2";

/** What a deployment could leave behind: how it comes to be, how it goes again, and how it is seen. */
const LEFT: Record<string, { make: string; take: string; seen: RegExp[] }> = {
  "a process": {
    make: "setsid sleep 54321 </dev/null >/dev/null 2>&1 &",
    take: "pkill -f '[s]leep 54321'",
    seen: [/^p2 process root sleep 54321$/],
  },
  "a unit": {
    make: "printf '[Service]\\nExecStart=/bin/true\\n' >/etc/systemd/system/left.service; systemctl daemon-reload",
    take: "rm /etc/systemd/system/left.service; systemctl daemon-reload",
    seen: [/^p2 f 644 root:root \/etc\/systemd\/system\/left\.service$/, /^p2 unit left\.service static$/],
  },
  "files, wherever components have theirs": {
    make: "for dir in /etc/left /opt/left /var/lib/left /data/left /home/left; do mkdir -p $dir; echo left >$dir/file; done",
    take: "rm -r /etc/left /opt/left /var/lib/left /data/left /home/left; rmdir /data 2>/dev/null || true",
    seen: ["etc", "opt", "var/lib", "data", "home"].map((top) => new RegExp(`^p2 f 644 root:root /${top}/left/file$`)),
  },
  "other content of a file": {
    make: "cp -p /etc/hostname /root/former; echo left >>/etc/hostname",
    take: "cat /root/former >/etc/hostname; touch -r /root/former /etc/hostname; rm /root/former",
    seen: [/^p2 [0-9a-f]{64} {2}\/etc\/hostname$/],
  },
  "a user with a group": {
    make: "useradd --system --user-group left",
    take: "userdel left",
    seen: [/^p2 user left:x:\d+:\d+:/, /^p2 user left:x:\d+:$/],
  },
  "an image": {
    make: "tar -c -C /etc hostname | docker import - left:1 >/dev/null",
    take: "docker rmi left:1 >/dev/null",
    seen: [/^p2 image sha256:[0-9a-f]{64} left:1$/],
  },
  "a mount": {
    make: "mkdir /mnt/left; mount -t tmpfs left /mnt/left",
    take: "umount /mnt/left; rmdir /mnt/left",
    seen: [/^p2 mount \/mnt\/left tmpfs$/],
  },
  "an address": {
    make: "ip address add 192.0.2.77/32 dev eth0",
    take: "ip address del 192.0.2.77/32 dev eth0",
    seen: [/^p2 address eth0 192\.0\.2\.77\/32$/],
  },
  "rules of the firewall": {
    make: "for ip in iptables ip6tables; do $ip -A INPUT -p tcp --dport 54321 -j DROP; $ip -N LEFT; done",
    take: "for ip in iptables ip6tables; do $ip -D INPUT -p tcp --dport 54321 -j DROP; $ip -X LEFT; done",
    seen: ["iptables-save", "ip6tables-save"].flatMap((rules) => [
      new RegExp(`^p2 ${rules} -A INPUT .*--dport 54321 -j DROP$`),
      new RegExp(`^p2 ${rules} :LEFT - ?$`),
    ]),
  },
};

describe("What tells whether hosts are as they were before a deployment", function () {
  this.timeout(120_000);
  let untouched: string[];

  before(async () => {
    untouched = await traces(labName);
  });

  for (const [what, { make, take, seen }] of Object.entries(LEFT))
    it(`sees ${what}, and nothing when that is gone`, async () => {
      await on(HOST, make);
      const more = (await traces(labName)).filter((line) => !untouched.includes(line));
      await on(HOST, take);
      for (const one of seen)
        assert.ok(
          more.some((line) => one.test(line)),
          `${one}\n${more.join("\n")}`,
        );
      const after = await traces(labName);
      assert.deepEqual(
        [after.filter((line) => !untouched.includes(line)), untouched.filter((line) => !after.includes(line))],
        [[], []],
      );
    });
});
