import { partName } from "../judge/findings";
import { shownBackup, shownEnd, shownHealth, shownMetadata, shownServed, shownTime } from "../render/words";
import type { DeploymentStatus, HostStatus, PartStatus, Status } from "../status";
import { escapeHtml as text } from "./escape";
import { STYLE } from "./style";
import { renderTopology } from "./topology";

/**
 * A status as a page that stands for itself: nothing is loaded, no script runs, and the browser is told to allow neither.
 * @param refresh seconds after which a browser reads it again; undefined of one that stays as it is.
 */
export function renderPage(status: Status, refresh?: number): string {
  const { project, stack, level } = status;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
${refresh === undefined ? "" : `<meta http-equiv="refresh" content="${refresh}">\n`}<title>${level.toUpperCase()}: ${text(stack)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header><h1>${text(stack)}</h1><span class="pill big ${level}">${LEVELS[level]}</span>
<p>${text(project)}, looked at ${shownTime(status.time)}; deployed ${shownTime(status.deployed) || "at an unknown time"}</p></header>
${renderFindings(status)}
<ul class="hosts">
${status.hosts.map((host) => renderHost(host, status)).join("\n")}
</ul>
<div class="deployments">
${status.deployments.map(renderDeployment).join("\n")}
</div>
${renderDrift(status)}
<p class="legend">✓ healthy, ✕ unhealthy, ? host not reached, – host marked as lost; dashed without a sign: not looked at</p>
</main>
</body>
</html>
`;
}

const LEVELS = { ok: "✓ all is well", warning: "! warning", critical: "✕ critical" };

function renderFindings({ findings }: Status): string {
  if (findings.length === 0) return "";
  const items = findings.map(
    ({ level, problem }) => `<li class="${level}"><b>${level}</b><span>${text(problem)}</span></li>`,
  );
  return `<ul class="findings">\n${items.join("\n")}\n</ul>`;
}

function renderHost({ name, address, state, problem }: HostStatus, { deployments }: Status): string {
  const runs = deployments.flatMap((deployment) =>
    deployment.parts
      .filter(({ host }) => host === name)
      .map(({ part }) => [deployment.name, part].filter(Boolean).join(" ")),
  );
  const said = [...new Set(runs)].join(", ");
  return `<li class="${state}"><b>${text(name)}</b><span>${text(address)}</span><span class="health ${state}">${state}${problem === "" ? "" : `: ${text(problem)}`}</span><span class="runs">${text(said)}</span></li>`;
}

function renderDeployment(deployment: DeploymentStatus): string {
  const { name, title, level, parts } = deployment;
  const facts = factsOf(deployment).map(([what, value]) => `<dt>${text(what)}</dt><dd>${value}</dd>`);
  return `<section class="card">
<div class="title"><h2>${text(title)}${name === "" ? "" : ` <small>${text(name)}</small>`}</h2><span class="pill ${level}">${LEVELS[level]}</span></div>
${facts.length === 0 ? "" : `<dl>${facts.join("")}</dl>`}
${renderTopology(deployment)}
${parts.length === 0 ? "" : renderParts(parts)}
</section>`;
}

/** What is to be known of a deployment beside its parts; values are HTML. */
function factsOf({
  endpoints,
  leader,
  virtualIps,
  certificates,
  served,
  license,
  backup,
  metadataBackup,
}: DeploymentStatus): [string, string][] {
  return [
    ...endpoints.map((endpoint): [string, string] => ["endpoint", link(endpoint)]),
    ...(leader === null ? [] : [["leader", text(leader || "none")] as [string, string]]),
    ...virtualIps.map(({ address, holders }): [string, string] => [
      "virtual IP",
      text(`${address} on ${holders.join(" and ") || "no host"}`),
    ]),
    ...certificates.map((end): [string, string] => ["certificate", text(`ends ${shownEnd(end)}`)]),
    ...(served.length > 0 ? [["certificate shown", text(shownServed(served))] as [string, string]] : []),
    ...(license ? [["licence", text(`ends ${shownEnd(license)}`)] as [string, string]] : []),
    ...(backup ? [["last backup", text(shownBackup(backup))] as [string, string]] : []),
    ...(metadataBackup ? [["last backup", text(shownMetadata(metadataBackup))] as [string, string]] : []),
  ];
}

const link = (endpoint: string): string =>
  /^https?:\/\//.test(endpoint) ? `<a href="${text(endpoint)}">${text(endpoint)}</a>` : text(endpoint);

function renderParts(parts: PartStatus[]): string {
  const rows = parts.map((part) => {
    const { endpoint, version, health, problem } = part;
    // why a host was not reached stands beside the host
    const said = health === "unhealthy" ? `<div class="problem">${text(problem)}</div>` : "";
    return `<tr><td class="part">${text(partName("", part).trim())}${said}</td><td class="health ${health}">${shownHealth(part)}</td><td class="endpoint">${text(endpoint)}</td><td class="version">${text(version)}</td></tr>`;
  });
  return `<table class="parts"><thead><tr><th>part</th><th>health</th><th>endpoint</th><th>version</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table>`;
}

function renderDrift({ drift }: Status): string {
  if (drift.length === 0) return "";
  const rows = drift.map(
    ({ name, host, gone, paths }) =>
      `<dt>${text(`${name} on ${host}`)}</dt><dd>${gone ? "is not there any more" : text(paths.join(", "))}</dd>`,
  );
  return `<section class="card"><h2>Not as it was deployed</h2><dl class="drift">${rows.join("")}</dl></section>`;
}
