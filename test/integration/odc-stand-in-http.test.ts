import assert from "node:assert/strict";
import { healthRequest } from "../../components/odc/live-node";
import { dockerClient } from "../../lab/src/docker";
import { sql as ask } from "../../lab/src/lab";
import { queryMetadb } from "../../lab/src/metadb";
import { objectNames } from "../../lab/src/name";
import { emptyMetaDb, eventually, theLab } from "./hosts";
import { encrypted, OdcClient, type OdcAnswer } from "./odc-client";
import { isHealthy, untilHealthy, type OdcContainer } from "./odc-container";
import { StandIns } from "./odc-stand-in";

const password = "aaBB11..";
const sql = (statement: string): Promise<string[]> => ask(theLab(), statement);
const health = "/api/v1/heartbeat/isHealthy";
const me = "/api/v2/iam/users/me";
const file = "/api/v2/objectstorage/files/result.csv";

describe("The HTTP interface of the ODC stand-in", function () {
  this.timeout(120_000);
  const nodes = new StandIns();
  let first: OdcContainer;
  let second: OdcContainer;

  before(async () => {
    await emptyMetaDb();
    first = await nodes.start("4.3.1", { ODC_HOST: "a" });
    await untilHealthy(first);
    second = await nodes.start("4.3.1", { ODC_HOST: "b" });
    await untilHealthy(second);
  });

  after(async () => {
    await nodes.removeAll();
    await emptyMetaDb();
  });

  const loggedIn = async (odc = first): Promise<OdcClient> => {
    const client = new OdcClient(odc.url);
    assert.equal((await client.logIn(password)).status, 200);
    return client;
  };
  /** Asks under another name than the address. */
  const under = (host: string, path: string, headers = {}): Promise<OdcAnswer> =>
    new OdcClient(first.url).ask(path, { headers: { "x-forwarded-host": host, ...headers } });
  const result = [
    "code",
    "data",
    "durationMillis",
    "errCode",
    "errMsg",
    "httpStatus",
    "importantMsg",
    "message",
    "requestId",
    "server",
    "timestamp",
    "traceId",
  ];

  it("answers health in the shape of the older interface", async () => {
    const { body } = await new OdcClient(first.url).ask(health);
    assert.deepEqual(Object.keys(body), result);
    assert.deepEqual([body.data, body.code, body.importantMsg], [true, null, false]);
  });

  it("tells its version at two addresses", async () => {
    for (const path of ["/api/v1/info", "/api/v2/info"]) {
      const { status, body } = await new OdcClient(first.url).ask(path);
      assert.equal(status, 200);
      assert.deepEqual(Object.keys(body), result);
      assert.deepEqual(body.data, { profiles: ["alipay", "jdbc"], standIn: true, version: "4.3.1" });
    }
  });

  it("has one public key on all nodes, an RSA key of 1024 bits", async () => {
    const keys = await Promise.all(
      [first, second].map(async ({ url }) => (await new OdcClient(url).ask("/api/v2/encryption/publicKey")).data),
    );
    assert.equal(keys[0], keys[1]);
    assert.equal(Buffer.from(keys[0] as string, "base64").length, 162);
  });

  it("takes a password only when it is encrypted, and says who may not log in", async () => {
    const client = new OdcClient(first.url);
    const plain = new URLSearchParams({ username: "admin", password });
    const answers = {
      plain: await client.ask("/api/v2/iam/login", { method: "POST", body: plain }),
      wrong: await client.logIn("wrong.Pass+12"),
      nobody: await client.logIn(password, "nobody"),
    };
    assert.deepEqual(
      Object.entries(answers).map(([what, { status, code }]) => `${what} ${status} ${code}`),
      ["plain 400 BadRequest", "wrong 401 UserWrongPasswordOrNotFound", "nobody 401 UserWrongPasswordOrNotFound"],
    );
    assert.deepEqual(client.cookies, {});
    const { data } = await client.ask("/api/v2/encryption/publicKey");
    assert.notEqual(encrypted(data as string, password), encrypted(data as string, password));
  });

  it("gives a session cookie without Secure, and the session is known to the other node", async () => {
    const client = new OdcClient(first.url);
    const { status, data, setCookies } = await client.logIn(password);
    assert.deepEqual([status, data], [200, "ok"]);
    assert.match(setCookies.join(), /^JSESSIONID=[A-Za-z0-9+/]+=*; Path=\/; HttpOnly; SameSite=Lax$/);
    client.url = second.url;
    assert.deepEqual((await client.me()).data, { accountName: "admin", organizationId: 1 });
    assert.equal((await client.ask("/api/v2/iam/logout", { method: "POST" })).status, 200);
    client.url = first.url;
    assert.deepEqual(client.cookies.JSESSIONID, undefined);
  });

  it("forgets a session at log-out, on both nodes", async () => {
    const client = await loggedIn();
    const cookie = `JSESSIONID=${client.cookies.JSESSIONID ?? ""}`;
    await client.ask("/api/v2/iam/logout", { method: "POST" });
    for (const { url } of [first, second]) {
      const { status, code } = await new OdcClient(url).ask(`${me}?currentOrganizationId=1`, { headers: { cookie } });
      assert.deepEqual([status, code], [401, "LoginExpired"]);
    }
  });

  it("wants a session and the organization", async () => {
    const client = await loggedIn();
    const stranger = await new OdcClient(first.url).ask(me);
    assert.deepEqual([stranger.status, stranger.code], [401, "LoginExpired"]);
    assert.equal(stranger.body.httpStatus, "UNAUTHORIZED");
    const without = await client.ask(me);
    assert.deepEqual([without.status, without.code], [403, "BadRequest"]);
    const other = await client.ask(`${me}?currentOrganizationId=2`);
    assert.deepEqual([other.status, other.code], [403, "AccessDenied"]);
    const { status } = await client.ask(me, { headers: { currentOrganizationId: "1" } });
    assert.equal(status, 200);
  });

  it("gives the cookie against forged requests the domain of all hosts beside this one", async () => {
    const domains: [host: string, domain: string][] = [
      ["odc.example.com", "example.com"],
      ["odc.example.com:8443", "example.com"],
      ["odc.lab", "lab"],
      ["odc", "odc"],
      ["10.0.0.1:8989", "10.0.0.1"],
    ];
    for (const [host, domain] of domains) {
      const { setCookies } = await under(host, me);
      const [given = ""] = setCookies;
      assert.match(given, /^XSRF-TOKEN=[0-9a-f-]{36}; Domain=\S+; Path=\/$/);
      assert.equal(/Domain=([^;]+)/.exec(given)?.[1], domain, host);
    }
  });

  it("has no domain for an IPv6 address: all but what is open to everybody is refused", async () => {
    const refused = await under("[fd00::1]:8989", me);
    assert.equal(refused.status, 400);
    assert.match(refused.body.message as string, /An invalid domain \[\[fd00::1\]\] was specified for this cookie/);
    assert.equal((await under("[fd00::1]:8989", health)).status, 200);
    const client = new OdcClient(first.url);
    const { data } = await client.ask("/api/v2/encryption/publicKey");
    const { status } = await client.ask("/api/v2/iam/login", {
      method: "POST",
      headers: { "x-forwarded-host": "[fd00::1]" },
      body: new URLSearchParams({ username: "admin", password: encrypted(data as string, password) }),
    });
    assert.equal(status, 200);
  });

  it("takes a request that changes something only with the token of the cookie", async () => {
    const client = await loggedIn();
    const post = (headers: Record<string, string>) => client.ask(file, { method: "POST", body: "a,b\n", headers });
    const missing = await post({});
    assert.deepEqual(
      [missing.status, missing.code, missing.body.errCode],
      [400, "MissingCsrfToken", "MissingCsrfToken"],
    );
    const token = client.cookies["XSRF-TOKEN"] ?? assert.fail("no cookie was given");
    const wrong = await post({ "X-XSRF-TOKEN": "another" });
    assert.deepEqual([wrong.status, wrong.code], [400, "InvalidCsrfToken"]);
    assert.equal((await post({ "X-XSRF-TOKEN": token })).status, 200);
    assert.deepEqual((await client.post("/api/v1/heartbeat", '{"sessionIds":["s"]}')).data, ["s"]);
  });

  it("keeps files on the node", async () => {
    const client = await loggedIn();
    assert.equal((await client.post(file, "a,b\n")).status, 200);
    assert.equal((await client.ask(file)).body.text, "a,b\n");
    client.url = second.url;
    assert.equal((await client.ask(file)).status, 404);
    assert.equal((await new OdcClient(first.url).ask(file)).status, 401);
  });

  describe("without its MetaDB", () => {
    const metaDb = () => {
      const { name, directory } = theLab();
      return dockerClient().getContainer(objectNames(name, directory).container("metadb"));
    };
    const recovers = async (client: OdcClient): Promise<void> => {
      await eventually(
        "users are served again",
        10,
        async () => (await client.me()).status,
        (status) => status === 200,
      );
    };

    it("says that it is healthy while users get 400, and serves them as soon as the MetaDB is back", async () => {
      const client = await loggedIn();
      const { path = "", headers, status: healthyStatus } = healthRequest({ port: 8989 });
      const asked = async () => (await new OdcClient(first.url).ask(path, { headers, limit: 20_000 })).status;
      const sessions = () => sql("SELECT COUNT(*) FROM odc_metadb.spring_session");
      const before = await sessions();
      assert.equal(await asked(), healthyStatus);
      assert.deepEqual(await sessions(), before, "it leaves no session behind");
      await metaDb().kill();
      try {
        assert.equal(await isHealthy(first.url), true);
        const { status, code } = await client.me(20_000);
        assert.deepEqual([status, code], [400, "BadRequest"]);
        assert.equal(await asked(), 400, "what the next node waits for is not there");
      } finally {
        await metaDb().start();
      }
      const { address, password: ofUser } = theLab().metadb;
      await eventually(
        "the MetaDB",
        60,
        () => queryMetadb(address, ofUser).catch(() => undefined),
        (version) => version !== undefined,
      );
      await recovers(client);
    });

    it("gives users no answer while the MetaDB is frozen, and says that it is healthy", async () => {
      const client = await loggedIn();
      await metaDb().pause();
      try {
        const asked = client.me(15_000);
        assert.equal(await isHealthy(first.url), true);
        await assert.rejects(asked, { name: "TimeoutError" });
      } finally {
        await metaDb().unpause();
      }
      await recovers(client);
    });
  });
});
