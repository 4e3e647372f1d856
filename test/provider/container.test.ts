import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeImage } from "./docker-image";
import { LabBench, startLabBench } from "./lab-host";
import { PluginError } from "./plugin-client";

const name = "dbha-test-user";
const urn = (resource: string) => `urn:pulumi:test::test::docker:index/container:Container::${resource}`;

describe("A container that is made on a host", function () {
  this.timeout(120_000);
  let bench: LabBench;
  let directory: string;
  let tarball: string;
  let image: string;

  before(async () => {
    bench = await startLabBench();
    directory = mkdtempSync(join(tmpdir(), "dbha-container-"));
    tarball = join(directory, "image.tar.gz");
    image = await writeImage(tarball, "content", "amd64", "dbha-test:container");
    // deployments of other tests that were killed leave notes
    await clean();
  });
  after(async () => {
    await bench.plugin.stop();
    rmSync(directory, { recursive: true });
  });
  afterEach(() => clean());

  const clean = () =>
    bench.on(`docker rm -f ${name} >/dev/null 2>&1; docker rmi ${image} >/dev/null 2>&1; rm -rf /var/lib/dbha`);

  const load = (resource = "image") =>
    bench.plugin.about(resource).make("dbha:index:Image", { host: bench.host, tarballs: { amd64: tarball } });
  const remove = ({ id, state }: Awaited<ReturnType<typeof load>>, resource = "image") =>
    bench.plugin.about(resource).delete("dbha:index:Image", id, state);
  const claim = (user = urn("node")) =>
    bench.plugin.invoke("dbha:index:claimContainer", { host: bench.host, name, image, user });
  const settle = (user = urn("node")) =>
    bench.plugin.invoke("dbha:index:settleContainer", { host: bench.host, name, user });
  /** Makes it as the docker provider does, without a start. */
  const create = () => bench.on(`docker create --name ${name} ${image} /x >/dev/null`);
  /** Makes it and starts it, with a program of the host, as the image has none, and with a volume. */
  const run = () =>
    bench.on(
      `docker run -d --name ${name} -v /usr:/usr:ro -v /lib:/lib:ro -v /lib64:/lib64:ro -v /data --entrypoint /usr/bin/sleep ${image} 300 >/dev/null`,
    );
  const containers = () => bench.on(`docker ps -a --filter name=${name} --format '{{.Names}} {{.State}}'`);
  const volumes = () => bench.on("docker volume ls -q");
  const notes = () => bench.on("cat /var/lib/dbha/* 2>/dev/null || true");
  async function assertRefused(state: string): Promise<void> {
    const made = (await bench.on(`docker inspect -f '{{.Created}}' ${name}`)).slice(0, 19);
    await assert.rejects(claim(), (error: PluginError) => {
      assert.equal(
        error.message,
        `host p3 (${String(bench.host.address)}): make container ${name}: ` +
          `there is a container ${name} already (${state}, made ${made}Z of image ${image}), and this stack did not make it; ` +
          `docker rm --force ${name} there, if nobody needs it, or choose another name`,
      );
      return true;
    });
    assert.equal(await containers(), `${name} ${state}`);
  }

  it("is noted there before, until the state knows it", async () => {
    await claim();
    const [what, user, time, of] = (await notes()).split("\n");
    assert.deepEqual([what, user, of], [`container ${name}`, urn("node"), image]);
    assert.match(time ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    await settle();
    assert.equal(await bench.on("ls -d /var/lib/dbha 2>/dev/null || true"), "");
    await settle();
  });

  for (const [how, make] of [
    ["and not started", create],
    ["and started", run],
  ] as const)
    it(`makes room for the next, if it was made ${how} and nobody learned of it`, async () => {
      await load();
      const before = await volumes();
      await claim();
      await make();
      await claim();
      assert.deepEqual([await containers(), await volumes()], ["", before]);
      const { message, severity } = bench.plugin.log.at(-1) ?? {};
      assert.deepEqual(
        [severity, message],
        ["warning", `p3: removed container ${name}, which an interrupted run had made without learning of it`],
      );
      await create();
      await settle();
      assert.equal(await containers(), `${name} created`);
    });

  it("is refused while one of that name is there that nobody noted", async () => {
    await load();
    const before = await notes();
    await run();
    await assertRefused("running");
    assert.equal(await notes(), before);
  });

  it("is refused while one of that name is there that another noted, who keeps the note", async () => {
    await load();
    await claim(urn("other"));
    const before = await notes();
    await create();
    await assertRefused("created");
    await settle();
    assert.equal(await notes(), before);
  });

  it("is refused while one of that name is there that was made before it was noted", async () => {
    await load();
    await claim();
    await create();
    await bench.on(`cd /var/lib/dbha && sed -i 's/^20..-\\(.*T..:..:..\\)$/2099-\\1/' *`);
    await assertRefused("created");
  });

  it("goes with its image when nobody learned of it, and so does the note", async () => {
    const loaded = await load();
    await claim();
    await run();
    await remove(loaded);
    assert.deepEqual(
      [await containers(), await notes(), await bench.on(`docker images -q --no-trunc ${image}`)],
      ["", "", ""],
    );
  });

  it("stays when another made it, and the note alone goes with the image", async () => {
    const loaded = await load();
    await claim();
    await create();
    await bench.on(`cd /var/lib/dbha && sed -i 's/^20..-\\(.*T..:..:..\\)$/2099-\\1/' *`);
    await remove(loaded);
    assert.deepEqual([await containers(), await notes()], [`${name} created`, ""]);
  });

  it("stays, noted, while another resource uses the image", async () => {
    const loaded = await load();
    const other = await load("second");
    await claim();
    await create();
    await remove(loaded);
    assert.equal(await containers(), `${name} created`);
    await remove(other, "second");
    assert.deepEqual([await containers(), await notes()], ["", ""]);
  });

  it("is refused without a name, an image or a resource, all told at once", async () => {
    const { failures } = await bench.plugin.invoke("dbha:index:claimContainer", { host: bench.host, name: "" });
    assert.deepEqual(failures, {
      name: `name: "": the container's name must be a text that is not empty; fix: give one`,
      image: "image: missing: the image's ID must be a text that is not empty; fix: give one",
      user: "user: missing: the resource's URN must be a text that is not empty; fix: give one",
    });
  });

  describe("by hand", () => {
    const look = async (file?: string) => {
      const { answer } = await bench.plugin.invoke("dbha:index:getContainer", { host: bench.host, name, file });
      return answer.container as Record<string, unknown> | undefined;
    };
    const byHand = () =>
      bench.on(
        `docker run -d --name ${name} --network host --memory 64M --cpus 0.5 -e D=4 -e C=3 -e A=1 -e 'B=x y' --label team=dba --restart on-failure --log-opt max-file=2 --ulimit nproc=7:8 -v /usr:/usr:ro -v /lib:/lib:ro -v /lib64:/lib64:ro -v /data --entrypoint /usr/bin/sleep ${image} 300 >/dev/null`,
      );

    it("is told with all its settings, without what is the image's", async () => {
      await load();
      await byHand();
      const { id, mounts, file, ...found } = (await look("/usr/share/common-licenses/BSD")) ?? {};
      assert.match(String(file), /Regents of the University/);
      assert.equal(id, await bench.on(`docker inspect -f '{{.Id}}' ${name}`));
      const places = (mounts as { target: string; source: string; readOnly: boolean }[]).sort((a, b) =>
        a.target < b.target ? -1 : 1,
      );
      assert.deepEqual(
        places.map(({ target, source, readOnly }) => [target, target === "/data" ? source.length : source, readOnly]),
        [
          ["/data", 64, false],
          ["/lib", "/lib", true],
          ["/lib64", "/lib64", true],
          ["/usr", "/usr", true],
        ],
      );
      // the daemon has options of its own
      assert.ok((found.logOptions as string[]).includes("max-file=2"));
      assert.deepEqual(found, {
        running: true,
        image,
        reference: image,
        environment: ["A=1", "B=x y", "C=3", "D=4"],
        imageEnvironment: found.imageEnvironment,
        command: ["300"],
        restart: "on-failure",
        networkMode: "host",
        ports: [],
        logDriver: found.logDriver,
        logOptions: found.logOptions,
        memory: 64,
        cpus: 0.5,
        privileged: false,
        ulimits: ["nproc=7:8"],
        labels: ["team=dba"],
      });
    });

    it("is told as nothing where there is none", async () => {
      assert.equal(await look(), undefined);
    });

    it("is noted when it is taken over, among the host's facts, until another is made or its image goes", async () => {
      const note = (wanted: string) =>
        bench.plugin.invoke("dbha:index:noteAdoption", {
          host: bench.host,
          ...{ name, id: "1234", wanted, image, user: urn("node") },
        });
      const facts = async () =>
        (await bench.plugin.invoke("dbha:index:getHostFacts", { host: bench.host })).answer.adopted;
      const loaded = await load();
      await note("abc");
      assert.deepEqual(await facts(), [{ container: name, id: "1234", wanted: "abc" }]);
      await settle(urn("other"));
      await note("");
      assert.deepEqual(await facts(), [{ container: name, id: "1234", wanted: "" }]);
      await settle();
      assert.deepEqual(await facts(), []);
      await note("abc");
      await remove(loaded);
      assert.equal(await notes(), "");
    });

    it("is forgotten with an image that was not its own when it is gone, and no sooner", async () => {
      const loaded = await load();
      await run();
      const id = (await bench.on(`docker inspect -f '{{.Id}}' ${name}`)).trim();
      const other = `sha256:${"0".repeat(64)}`;
      await bench.plugin.invoke("dbha:index:noteAdoption", {
        host: bench.host,
        ...{ name, id, wanted: "abc", image: other, user: urn("node") },
      });
      await remove(loaded);
      assert.match(await notes(), new RegExp(`^adopted ${name} ${id} abc$`, "m"));
      await bench.on(`docker rm -f ${name}`);
      await remove(await load());
      assert.equal(await notes(), "");
    });
  });
});
