#!/usr/bin/env node
// Stand-in of GitHub's command-line client: comments and issues are in the file GH_STATE. It knows the calls of .github/scripts,
// and refuses all others.
"use strict";
const fs = require("node:fs");

const state = JSON.parse(fs.readFileSync(process.env.GH_STATE, "utf8"));
const [area, ...args] = process.argv.slice(2);
const flag = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const BOT = "github-actions[bot]";
const OWN_COMMENT = '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith($ENV.MARK))) | .id';
const OWN_ISSUE = ".[] | select(.title == $ENV.TITLE) | .number";

function refuse(why) {
  process.stderr.write(`gh: ${why}: ${[area, ...args].join(" ")}\n`);
  process.exit(1);
}

function api() {
  const path = args.find((arg) => arg.startsWith("repos/me/mine/issues/")) ?? refuse("another repository");
  const [kind, id] = path
    .slice("repos/me/mine/issues/".length)
    .split("/")
    .map((part) => part);
  const method = flag("--method") ?? "GET";
  if (method === "GET") {
    if (id !== "comments" || flag("--jq") !== OWN_COMMENT || !args.includes("--paginate")) refuse("another question");
    const own = state.comments.filter((one) => one.issue === kind && one.login === BOT);
    const marked = own.filter((one) => one.body.startsWith(process.env.MARK));
    return marked.map((one) => one.id).join("\n");
  }
  const body = fs.readFileSync(flag("--field").replace(/^body=@/, ""), "utf8");
  if (body.length > 65536) refuse("body is too long (maximum is 65536 characters)");
  if (method === "POST" && id === "comments")
    state.comments.push({ id: state.comments.length + 1, issue: kind, login: BOT, body });
  else if (method === "PATCH" && kind === "comments") state.comments.find((one) => one.id === Number(id)).body = body;
  else refuse("another request");
  return "";
}

function issue() {
  if (flag("--repo") !== "me/mine") refuse("another repository");
  const [verb, number] = args;
  const one = state.issues.find((each) => each.number === Number(number));
  if (verb === "list") {
    if (flag("--jq") !== OWN_ISSUE || flag("--state") !== "open") refuse("another question");
    const open = state.issues.filter(({ state, label }) => state === "open" && label === flag("--label"));
    return open
      .filter(({ title }) => title === process.env.TITLE)
      .map((each) => each.number)
      .join("\n");
  }
  if (verb === "create") {
    if (!state.labels.includes(flag("--label"))) refuse("no such label");
    const body = fs.readFileSync(flag("--body-file"), "utf8");
    state.issues.push({
      number: state.issues.length + 1,
      state: "open",
      title: flag("--title"),
      label: flag("--label"),
      body,
    });
  } else if (verb === "edit") one.body = fs.readFileSync(flag("--body-file"), "utf8");
  else if (verb === "close") Object.assign(one, { state: "closed", comment: flag("--comment") });
  else refuse("another command");
  return "";
}

function label() {
  if (args[0] !== "create" || !args.includes("--force")) refuse("another command");
  if (!state.labels.includes(args[1])) state.labels.push(args[1]);
  return "";
}

const answer = { api, issue, label }[area]?.() ?? refuse("another command");
fs.writeFileSync(process.env.GH_STATE, JSON.stringify(state));
if (answer !== "") process.stdout.write(`${answer}\n`);
