import assert from "node:assert/strict";
import { counter } from "../../bench/hosts-cpu";
import {
  parseCommand,
  parseConnections,
  parseFamily,
  parsePeak,
  parseStat,
  parseWritten,
} from "../../bench/proc-files";
import { roleOf } from "../../bench/process-role";

const STAT = "42 (a) b) S 7 42 42 0 -1 4194304 900 0 0 0 120 30 15 5 20 0 1 0 123456 1000 200";

describe("files of /proc in the benchmark", () => {
  it("tell parent, processor time and start, whatever the program is called", () => {
    assert.deepEqual(parseStat(STAT), { parent: 7, cpuSeconds: 1.5, startedAfterBoot: 1234.56 });
    assert.equal(parseStat(""), undefined);
    assert.equal(parseFamily(STAT), 1.7);
  });

  it("tell peak memory and command, and nothing of a process that ends", () => {
    assert.equal(parsePeak("Name:\tnode\nVmHWM:\t  102400 kB\nVmRSS:\t 100 kB\n"), 100);
    assert.equal(parsePeak("Name:\tnode\n"), 0);
    assert.deepEqual([parseWritten("rchar: 5\nwchar: 2097152\n"), parseWritten("")], [2, 0]);
    assert.deepEqual([parseCommand("ssh\0-l\0\0p1\0"), parseCommand("")], [["ssh", "-l", "", "p1"], []]);
  });

  it("tell which socket is a connection to an SSH server", () => {
    const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:9C40 0B1BD50A:0016 01 00000000:00000000 00:00000000 00000000     0        0 777 1
   1: 0100007F:9C41 0B1BD50A:0050 01 00000000:00000000 00:00000000 00000000     0        0 778 1
`;
    assert.deepEqual([...parseConnections(tcp, new Set([22]))], [["777", 40000]]);
  });

  it("tell the role of a process", () => {
    const roles = {
      "/usr/local/bin/pulumi up --yes": "CLI",
      "node /x/lab/engine/launch up": "CLI",
      "/usr/local/bin/pulumi-language-nodejs -root=/x 127.0.0.1:1": "language host",
      "/usr/bin/node --require ./p.cjs /x/node_modules/@pulumi/pulumi/cmd/run/index.js --monitor=1": "program",
      "node /x/bin/pulumi-resource-dbha 127.0.0.1:1": "dbha plugin",
      "/home/plugins/resource-docker-v5.2.0/pulumi-resource-docker 127.0.0.1:1": "docker provider",
      "ssh -l root p1 docker system dial-stdio": "ssh",
      "ssh: /run/x [mux]": "ssh",
      "sh -c pulumi": "other",
    };
    const found = Object.fromEntries(Object.keys(roles).map((line) => [line, roleOf(line.split(" "))]));
    assert.deepEqual(found, roles);
  });

  it("tell where the processor time of a container is counted", () => {
    assert.throws(counter("7:cpuacct:/docker/abc/init.scope\n0::/\n", "abc"), {
      path: "/sys/fs/cgroup/cpuacct/docker/abc/cpuacct.usage",
    });
    assert.throws(counter("0::/system.slice/docker-abc.scope/init.scope\n", "abc"), {
      path: "/sys/fs/cgroup/system.slice/docker-abc.scope/cpu.stat",
    });
  });
});
