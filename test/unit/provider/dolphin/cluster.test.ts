import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { DolphinCluster } from "../../../../provider/dolphin/cluster";
import type { ClusterAccess } from "../../../../provider/dolphin/site";
import type { Host } from "../../../../provider/kinds/fields";
import type { Context } from "../../../../provider/kinds/kind";
import { HostError } from "../../../../provider/ssh/host-error";
import { Unopened } from "../../../../provider/ssh/remote";

interface Question {
  node: string;
  name: string;
  params: { value: unknown }[];
}

const scalar = (type: string, value: string) => ({ object: [{ name: "", form: "scalar", type, value }] });
const refusal = (msg: string) => ({ resultCode: "1", msg, object: [] });
const WRONG = refusal("The user name or password is incorrect.");

/** getClusterPerf(true) of three controllers, as each of them sees it. */
const perf = (leader: string, offline: string[] = []) => {
  const nodes = ["c1", "c2", "c3"];
  const column = (name: string, type: string, value: unknown[]) => ({ name, form: "vector", type, size: "3", value });
  return {
    object: [
      {
        ...{ name: "", form: "table", size: "3" },
        value: [
          column("host", "string", ["10.0.0.1", "10.0.0.2", "10.0.0.3"]),
          column("port", "int", [8800, 8800, 8800]),
          column("mode", "int", [2, 2, 2]),
          column("name", "string", nodes),
          column(
            "state",
            "int",
            nodes.map((node) => (offline.includes(node) ? 0 : 1)),
          ),
          column(
            "isLeader",
            "bool",
            nodes.map((node) => node === leader),
          ),
        ],
      },
    ],
  };
};

describe("A DolphinDB cluster, asked through its controllers", () => {
  let server: Server;
  let asked: Question[];
  /** The most that were asked at the same moment. */
  let most: number;
  let answer: (question: Question) => object;
  const down = new Set<string>();

  before(async () => {
    let now = 0;
    server = createServer((request, response) => {
      most = Math.max(most, ++now);
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const { functionName, params } = JSON.parse(body) as { functionName: string; params: Question["params"] };
        const node = `c${/^10\.0\.0\.(\d)/.exec(request.headers.host ?? "")?.[1]}`;
        const question = { node, name: functionName, params };
        asked.push(question);
        const said = { sessionID: `7${node.slice(1)}`, resultCode: "0", msg: "", object: [], ...answer(question) };
        setTimeout(() => {
          now -= 1;
          response.end(JSON.stringify(said));
        }, 5);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  after(() => server.close());
  beforeEach(() => {
    asked = [];
    most = 0;
    down.clear();
  });

  const access: ClusterAccess = {
    hosts: [1, 2, 3].map((n) => ({
      host: { name: `p${n}`, address: `10.0.0.${n}`, port: 22 } as Host,
      address: `10.0.0.${n}`,
      controller: { alias: `c${n}`, port: 8800 },
    })),
    https: false,
    electionTimeout: 3,
  };

  function clusterOf(passwords: [string, ...string[]] = ["Right-one-1"], first = ""): DolphinCluster {
    const waits = new Map<string, Promise<unknown>>();
    const context = {
      urn: "urn",
      cancelled: new AbortController().signal,
      status: () => undefined,
      exclusively: <T>(key: string, action: () => Promise<T>): Promise<T> => {
        const mine = (waits.get(key) ?? Promise.resolve()).then(action, action);
        waits.set(key, mine);
        return mine;
      },
      remote: (target: Host) => ({
        forward: async (
          _step: string,
          _limit: number,
          address: string,
          _port: number,
          use: (s: Duplex) => Promise<unknown>,
        ) => {
          assert.equal(address, target.address, "a node is asked from its own host");
          if (down.has(`c${address.slice(-1)}`)) throw new Unopened("connection refused");
          return use(connect((server.address() as AddressInfo).port, "127.0.0.1"));
        },
        problem: (step: string, problem: string, fix: string) => new HostError(target, "failed", problem, fix, step),
      }),
    };
    return new DolphinCluster(access, passwords, context as unknown as Context, first);
  }

  const usual = ({ name, params }: Question): object => {
    if (name === "login") return params[1]?.value === "Right-one-1" ? {} : WRONG;
    if (name === "executeCode") return perf("c2");
    return name === "isControllerInitialized" ? scalar("bool", "1") : {};
  };
  const said = (): string[] => asked.map(({ node, name }) => `${node} ${name}`);

  it("asks one controller, the one that led first where that is known", async () => {
    answer = usual;
    assert.equal((await clusterOf(undefined, "c3").view()).leader?.alias, "c2");
    assert.deepEqual(said(), ["c3 login", "c3 executeCode"]);
  });

  it("asks the next one where one is down, and never two at once", async () => {
    answer = usual;
    down.add("c1");
    const cluster = clusterOf();
    await Promise.all([cluster.view(), cluster.view(), cluster.view()]);
    assert.equal(most, 1);
    assert.deepEqual(said().slice(0, 2), ["c2 login", "c2 executeCode"]);
  });

  it("goes to the leader that a refusal names", async () => {
    let leader = "c2";
    answer = (question) => {
      if (question.name !== "startDataNode") return usual(question);
      if (question.node === leader) return {};
      return refusal(`startDataNode("d1") => <NotLeader>10.0.0.3:8800:c3`);
    };
    const cluster = clusterOf();
    await cluster.led("look");
    leader = "c3";
    await cluster.onLeader("start d1", { name: "startDataNode", params: { nodes: ["d1"] } });
    assert.deepEqual(said().slice(-3), ["c2 startDataNode", "c3 login", "c3 startDataNode"]);
  });

  it("waits for a refusal that passes, and for no other", async () => {
    let left = 2;
    answer = (question) => {
      if (question.name !== "reloadClusterConfig") return usual(question);
      return left-- > 0 ? refusal("The controller is not ready for service yet. Please try again later.") : {};
    };
    assert.deepEqual(await clusterOf().onLeader("reload", { name: "reloadClusterConfig" }), { form: "void" });
    answer = (question) =>
      question.name === "removeNode" ? refusal("The node [x] is not in the cluster.") : usual(question);
    await assert.rejects(clusterOf().onLeader("remove x", { name: "removeNode", params: { alias: "x" } }), {
      message:
        "host p2 (10.0.0.2): remove x: c2 refused removeNode: The node [x] is not in the cluster.; correct what it names, and run it again",
    });
  });

  it("logs in again where a node was started since", async () => {
    let isNew = false;
    answer = (question) => {
      if (question.name === "login") isNew = false;
      if (question.name !== "saveClusterNodes") return usual(question);
      return isNew ? refusal("Only administrators support function saveClusterNodes.") : {};
    };
    const cluster = clusterOf();
    await cluster.led("look");
    isNew = true;
    await cluster.onLeader("save", { name: "saveClusterNodes", params: { sites: [] } });
    assert.deepEqual(said().slice(-3), ["c2 saveClusterNodes", "c2 login", "c2 saveClusterNodes"]);
  });

  it("tells which controllers are gone when a majority is", async () => {
    answer = (question) => (question.name === "executeCode" ? perf("", ["c2", "c3"]) : usual(question));
    await assert.rejects(clusterOf().led("look"), {
      message:
        /^host p1 \(10\.0\.0\.1\): look: a leader was not there within 3 s: 1 of 3 controllers are online, and 2 have to be for one to lead; offline: c2, c3; start the controllers/,
    });
    for (const node of ["c1", "c2", "c3"]) down.add(node);
    await assert.rejects(clusterOf().view(), {
      message:
        "no controller answers, and 2 of 3 have to (c1: connection refused; c2: connection refused; c3: connection refused)",
    });
  });

  it("tries the passwords that it knows, and tells none of them", async () => {
    answer = usual;
    const cluster = clusterOf(["Wrong-one-1", "Right-one-1"]);
    await cluster.view();
    assert.equal(cluster.sessions.accepted, "Right-one-1");
    answer = (question) => (question.name === "login" ? WRONG : {});
    await assert.rejects(clusterOf(["Wrong-one-1"]).led("look"), (error: Error) => {
      assert.match(error.message, /look: admin on c3 has none of the passwords known here; somebody changed it/);
      assert.doesNotMatch(error.message, /Wrong-one/);
      return true;
    });
    answer = (question) =>
      question.name === "changePwd"
        ? refusal('changePwd("Right-one-1", "b") => The new password is weak.')
        : usual(question);
    await assert.rejects(
      clusterOf().onLeader("change", { name: "changePwd", params: { oldPwd: "Right-one-1", newPwd: "b" } }),
      { message: /changePwd: changePwd\("\[secret\]", "b"\) => The new password is weak/ },
    );
  });
});
