import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies";
import { prepareRequests } from "./wire";

prepareRequests();

new PolicyPack("dbha", {
  displayName: "dbha",
  description: "Invariants of highly available database tools that pulumi-dbha deploys",
  tags: ["high-availability", "ssh", "oceanbase", "dolphindb"],
  policies,
});
