import assert from "node:assert/strict";
import { Alias } from "@pulumi/pulumi/proto/alias_pb";
import { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";
import { loaded, orderOf } from "../../../provider/construct";

describe("An order of a component", () => {
  it("has the request's options, and leaves out what is not given", () => {
    const request = new ConstructRequest()
      .setType("dbha:index:Host")
      .setName("p1")
      .setRetainondelete(true)
      .setIgnorechangesList(["address"])
      .setCustomtimeouts(new ConstructRequest.CustomTimeouts().setCreate("5m"))
      .setResourceHooks(new ConstructRequest.ResourceHooksBinding().setBeforeCreateList(["ask"]))
      .setAliasesList([
        new Alias().setUrn("urn"),
        new Alias().setSpec(new Alias.Spec().setName("former").setNoparent(true)),
        new Alias().setSpec(new Alias.Spec().setType("a:b:C").setParenturn("parent")),
      ]);
    request.getProvidersMap().set("dbha", "urn::id");
    const { options, run } = orderOf(request, "127.0.0.1:1");
    assert.deepEqual(options, {
      aliases: ["urn", { name: "former", parent: "" }, { type: "a:b:C", parent: "parent" }],
      dependsOn: [],
      protect: false,
      providers: { dbha: "urn::id" },
      ignoreChanges: ["address"],
      replaceOnChanges: [],
      customTimeouts: { create: "5m", update: "", delete: "" },
      retainOnDelete: true,
      deletedWith: "",
      hooks: { beforeCreate: ["ask"] },
    });
    assert.deepEqual([run.engine, run.dryRun, run.config], ["127.0.0.1:1", false, {}]);
  });

  it("cannot be done without the packages that components need, and tells which to install", () => {
    const missing = Object.assign(new Error("Cannot find module '@pulumi/tls'\nRequire stack:\n- /a"), {
      code: "MODULE_NOT_FOUND",
    });
    const failing = (error: Error) => () =>
      loaded(() => {
        throw error;
      });
    assert.throws(failing(missing), {
      message:
        "the plugin cannot make components: Cannot find module '@pulumi/tls'; fix: npm install @pulumi/pulumi @pulumi/docker @pulumi/command @pulumi/random @pulumi/tls where pulumi-dbha is installed",
    });
    assert.throws(failing(new Error("broken")), { message: "broken" });
  });
});
