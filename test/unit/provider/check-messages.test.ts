import assert from "node:assert/strict";
import { EngineLog } from "../../../provider/engine-log";
import { Operations } from "../../../provider/operations";
import { Session } from "../../../provider/session";
import type { Properties } from "../../../provider/wire";

const operations = new Operations(new Session(new EngineLog(), () => undefined));

const wrongHost = {
  name: "-p",
  address: "http://p1",
  port: 0,
  user: "a b",
  hostKeys: ["ssh-dss AAAA", 5],
  acceptUnknownHostKey: "yes",
  sudo: 1,
  bastion: { address: "", hostKeys: "x", agent: true },
  key: 1,
};

/** Arguments in which everything is wrong, and all that is said about them: field, value, rule, fix. */
const table: [what: string, inputs: Properties, messages: string[]][] = [
  [
    "Directory",
    { host: wrongHost, path: "opt/", mode: 755, owner: "a b", group: ":", onDelete: true, purge: 1 },
    [
      'host.name: "-p": must be a name of letters, digits, ., _ and - that starts with a letter or digit; fix: write it like "p1"',
      'host.address: "http://p1": must be an IP address or a DNS name; fix: write it like 10.0.0.9 or metadb.example.com, without port or scheme',
      "host.port: 0: must be a whole number from 1 to 65535; fix: give the TCP port, like 8989",
      'host.user: "a b": must be a name of letters, digits, ., _ and -, or a number; fix: give one that exists on the host',
      'host.hostKeys[0]: "ssh-dss AAAA": must be of a type that is known here: ssh-ed25519, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, ecdsa-sha2-nistp521, ssh-rsa; fix: pin another key of the host',
      "host.hostKeys[1]: 5: must be a public key: type and base64 text; fix: copy it from `ssh-keyscan ADDRESS` or the host's /etc/ssh/ssh_host_ed25519_key.pub, without the host name",
      'host.acceptUnknownHostKey: "yes": must be true or false; fix: write it without quotes',
      "host.sudo: 1: must be true or false; fix: write it without quotes",
      'host.bastion.address: "": must be an IP address or a DNS name; fix: write it like 10.0.0.9 or metadb.example.com, without port or scheme',
      'host.bastion.hostKeys: "x": must be a list; fix: write each key as an entry of its own',
      "host.bastion.agent: there is no such argument; correct its spelling or remove it",
      "host.key: there is no such argument; correct its spelling or remove it",
      'path: "opt/": must be an absolute path without empty, . or .. parts, / at its end, or control characters; fix: write it like /opt/odc/log',
      'mode: 755: must be permission bits, three or four octal digits; fix: write them in quotes, like "0644"',
      'owner: "a b": must be a name of letters, digits, ., _ and -, or a number; fix: give one that exists on the host',
      'group: ":": must be a name of letters, digits, ., _ and -, or a number; fix: give one that exists on the host',
      'onDelete: true: must be "removeIfEmpty", "keep" or "purge"; fix: give one of them',
      "purge: there is no such argument; correct its spelling or remove it; known are host, path, mode, owner, group, onDelete",
    ],
  ],
  [
    "ObproxyConfig",
    {
      host: "p1",
      port: 0,
      password: "it's",
      observerPassword: "",
      parameters: { Proxy: "1", a: "x\n" },
      restart: "",
      sql: 1,
    },
    [
      'host: "p1": must be an object; fix: give name, address, port, user, hostKeys, acceptUnknownHostKey, sudo, bastion, lost',
      "port: 0: must be a whole number from 1 to 65535; fix: give the TCP port, like 8989",
      "password: must be a text without quotes, backslashes and control characters; fix: choose another value, since the proxy's SQL has no way to write them",
      "observerPassword: must be a text without quotes, backslashes and control characters; fix: choose another value, since the proxy's SQL has no way to write them",
      "parameters.Proxy: must be names of parameters, of small letters, digits and _; fix: see show proxyconfig",
      "parameters.a: must be a text without quotes, backslashes and control characters; fix: choose another value, since the proxy's SQL has no way to write them",
      'restart: "": a command must be a text that is not empty; fix: give one',
      "sql: there is no such argument; correct its spelling or remove it; known are host, port, password, observerPassword, parameters, restart, watched",
    ],
  ],
  [
    "Service",
    { host: "p1", name: "nginx", unit: 5, enabled: "yes", active: 1, triggers: "x", restart: true },
    [
      'host: "p1": must be an object; fix: give name, address, port, user, hostKeys, acceptUnknownHostKey, sudo, bastion, lost',
      `name: "nginx": must be a unit's name of letters, digits, :, _, ., \\, @ and - that ends in .service, .socket, .timer, .path, .mount or .target; fix: write it like obproxy.service`,
      "unit: must be the text of a unit file; fix: give it whole, as systemd reads it",
      'enabled: "yes": must be true or false; fix: write it without quotes',
      "active: 1: must be true or false; fix: write it without quotes",
      'triggers: "x": must be a list of texts; fix: give hashes or IDs, like [config.sha256]',
      "restart: there is no such argument; correct its spelling or remove it; known are host, name, unit, enabled, active, triggers, timeout",
    ],
  ],
  [
    "Probe",
    {
      http: {
        port: "80",
        path: "x y",
        scheme: "ftp",
        address: "",
        status: 600,
        json: { data: 1, "/a": [1] },
        headers: { A: 1 },
        method: "PUT",
      },
      tcp: { port: -1, address: 5 },
      command: "",
      interval: "2",
      timeout: -1,
      triggers: [1],
      extract: { v: "x" },
      also: [{}, { http: { port: 80 }, tcp: { port: 80 } }],
      retries: 3,
    },
    [
      "host: missing: must be an object; fix: give name, address, port, user, hostKeys, acceptUnknownHostKey, sudo, bastion, lost",
      'http.port: "80": must be a whole number from 1 to 65535; fix: give the TCP port, like 8989',
      'http.path: "x y": must start with / and have no spaces; fix: write it like /health?full=1',
      'http.scheme: "ftp": must be "http" or "https"; fix: give one of them',
      'http.address: "": an address must be a text that is not empty; fix: give one',
      "http.status: 600: must be an HTTP status from 100 to 599; fix: give the one that means healthy, like 200",
      'http.json.data: 1: must be values by JSON pointer; fix: write it like {"/data": true}',
      'http.json["/a"]: [1]: must be a text, number, boolean or null; fix: point to a single value',
      "http.headers.A: must be a text; fix: give the header's value",
      "http.method: there is no such argument; correct its spelling or remove it",
      "tcp.port: -1: must be a whole number from 1 to 65535; fix: give the TCP port, like 8989",
      "tcp.address: 5: an address must be a text that is not empty; fix: give one",
      "command: a command must be a text that is not empty; fix: give one",
      'interval: "2": must be a number of seconds above 0; fix: give interval, like 2',
      "timeout: -1: must be a number of seconds above 0; fix: give timeout, like 2",
      "triggers[0]: 1: must be a list of texts; fix: give hashes or IDs, like [config.sha256]",
      'extract.v: "x": must be a JSON pointer, empty or with / at its start; fix: write it like "/data/version"',
      "also[0]: must have exactly one of http and tcp; fix: give one of them",
      "also[1]: must have exactly one of http and tcp; fix: give one of them",
      "retries: there is no such argument; correct its spelling or remove it; known are host, http, tcp, command, about, interval, timeout, triggers, repair, watched, extract, also",
      "tcp: http and tcp and command are given together; give exactly one of http, tcp and command",
    ],
  ],
  [
    "getHealth",
    {
      host: { name: "p1", address: "10.0.0.1", acceptUnknownHostKey: true },
      http: { port: 0 },
      tcp: { port: 1 },
      command: "true",
    },
    [
      "http.port: 0: must be a whole number from 1 to 65535; fix: give the TCP port, like 8989",
      "tcp: http and tcp and command are given together; give exactly one of http, tcp and command",
    ],
  ],
  [
    "getHealth",
    { host: { name: "p1", address: "10.0.0.1", acceptUnknownHostKey: true } },
    ["http: nothing to probe is given; give exactly one of http, tcp and command"],
  ],
  [
    "getHostFacts",
    { host: { name: 5 }, hosts: [] },
    [
      'host.name: 5: must be a name of letters, digits, ., _ and - that starts with a letter or digit; fix: write it like "p1"',
      "host.address: missing: must be an IP address or a DNS name; fix: write it like 10.0.0.9 or metadb.example.com, without port or scheme",
      "hosts: there is no such argument; correct its spelling or remove it; known are host",
    ],
  ],
];

describe("check tells all that is wrong with the arguments of", () => {
  for (const [what, inputs, messages] of table) {
    it(what, async () => {
      const { failures } = what.startsWith("get")
        ? await operations.invoke(`dbha:index:${what}`, inputs)
        : await operations.check(`urn:pulumi:dev::project::dbha:index:${what}::name`, undefined, inputs);
      assert.deepEqual(
        failures.map(({ reason }) => reason),
        messages,
      );
    });
  }
});
