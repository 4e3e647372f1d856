/** The page's style: for phones, wide screens, dark ones, and paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --card: #fff; --ink: #1b2330; --dim: #5b6678; --line: #dde1e8; --panel: #f7f8fa;
  --ok: #1a7f4b; --ok-soft: #e6f5ec; --warning: #9a6200; --warning-soft: #fff3d9; --critical: #c0232c; --critical-soft: #fdeaea;
  --gone: #6b4fa0; --gone-soft: #f0ebfa; --accent: #2558c5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161d; --card: #1b212b; --ink: #e7ebf2; --dim: #9aa5b6; --line: #303947; --panel: #202733;
    --ok: #4cc38a; --ok-soft: #173527; --warning: #f0b64a; --warning-soft: #3a2e14; --critical: #ff7b81; --critical-soft: #43201f;
    --gone: #b9a1ec; --gone-soft: #2d2542; --accent: #7ea6ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 20px 16px 40px; }
h1, h2, h3 { margin: 0; line-height: 1.25; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; }
header { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; margin-bottom: 16px; }
header p { margin: 0; flex-basis: 100%; color: var(--dim); font-size: .88rem; }
.pill { display: inline-block; padding: 2px 12px; border-radius: 99px; font-weight: 650; font-size: .82rem; white-space: nowrap; }
.pill.big { font-size: 1.05rem; padding: 4px 16px; }
.pill.ok { background: var(--ok-soft); color: var(--ok); }
.pill.warning { background: var(--warning-soft); color: var(--warning); }
.pill.critical { background: var(--critical-soft); color: var(--critical); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 16px; margin-bottom: 16px; }
.findings { list-style: none; margin: 0 0 16px; padding: 0; display: grid; gap: 6px; }
.findings li { border-left: 5px solid; border-radius: 8px; padding: 6px 12px; display: flex; gap: 12px; align-items: baseline; }
.findings span { min-width: 0; overflow-wrap: anywhere; }
.findings .critical { border-color: var(--critical); background: var(--critical-soft); }
.findings .warning { border-color: var(--warning); background: var(--warning-soft); }
.findings b { flex: 0 0 5.2rem; font-size: .74rem; letter-spacing: .05em; text-transform: uppercase; }
.findings .critical b { color: var(--critical); }
.findings .warning b { color: var(--warning); }
.hosts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; margin: 0 0 16px; padding: 0; list-style: none; }
.hosts li { background: var(--card); border: 1px solid var(--line); border-top: 4px solid var(--ok); border-radius: 12px; padding: 10px 12px; min-width: 0; }
.hosts .unreachable { border-top-color: var(--critical); }
.hosts .lost { border-top-color: var(--gone); }
.hosts b { font-size: 1.05rem; }
.hosts span { display: block; color: var(--dim); font-size: .85rem; overflow-wrap: anywhere; }
.hosts .runs { margin-top: 4px; color: var(--ink); }
.deployments { columns: 2 430px; column-gap: 16px; margin-bottom: 16px; }
.deployments .card { break-inside: avoid; }
.title { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; justify-content: space-between; }
.title h2 small { font-weight: 400; color: var(--dim); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 12px; margin: 10px 0; font-size: .9rem; }
dt { color: var(--dim); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
a { color: var(--accent); }
table { width: 100%; border-collapse: collapse; font-size: .86rem; margin-top: 12px; }
th { text-align: left; font-weight: 600; color: var(--dim); font-size: .78rem; }
th, td { padding: 5px 8px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
tr:last-child td { border-bottom: 0; }
td.endpoint, td.version, td.health { white-space: nowrap; }
.health { font-weight: 600; }
.problem { color: var(--critical); font-size: .8rem; }
.health.healthy, .health.reached { color: var(--ok); }
.health.unhealthy, .health.unreachable { color: var(--critical); }
.health.lost { color: var(--gone); }
.topology { display: block; width: 100%; max-width: 470px; height: auto; margin: 6px auto 0; }
.topology text { fill: var(--ink); font: 10px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
.topology .clients rect { fill: var(--accent); }
.topology .clients text { fill: var(--card); font-weight: 650; font-size: 11.5px; }
.topology .arrow path { fill: none; stroke: var(--dim); stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.topology .arrow text { fill: var(--dim); }
.topology .panel > rect { fill: var(--panel); stroke: var(--line); }
.topology .panel > .name { fill: var(--dim); font-weight: 600; }
.topology .title { font-weight: 650; font-size: 11.5px; }
.topology .line { fill: var(--dim); font-size: 9.5px; }
.topology .sign { font-weight: 700; font-size: 12px; }
.topology .body { fill: var(--card); stroke: var(--line); }
.topology .healthy .stripe, .topology .healthy .sign { fill: var(--ok); }
.topology .unhealthy .body, .topology .unreachable .body { fill: var(--critical-soft); stroke: var(--critical); }
.topology .unhealthy .stripe, .topology .unhealthy .sign, .topology .unreachable .stripe, .topology .unreachable .sign { fill: var(--critical); }
.topology .lost .body { fill: var(--gone-soft); stroke: var(--gone); stroke-dasharray: 4 3; }
.topology .lost .stripe, .topology .lost .sign { fill: var(--gone); }
.topology .outside .body { fill: none; stroke: var(--dim); stroke-dasharray: 3 3; }
.topology .outside .stripe { fill: none; }
.topology .marked .body { stroke: var(--accent); stroke-width: 1.6; }
.topology rect.badge { fill: var(--accent); }
.topology text.badge { fill: var(--card); font-size: 9px; font-weight: 650; }
.legend { color: var(--dim); font-size: .82rem; }
@media (max-width: 560px) {
  main { padding: 14px 10px 30px; }
  .card { padding: 12px; }
  .parts thead { display: none; }
  .findings li { display: block; }
  .findings b { display: block; }
  .parts tr { display: grid; grid-template-columns: minmax(0, 1fr) max-content; gap: 0 10px; padding: 6px 0; border-bottom: 1px solid var(--line); }
  .parts tr:last-child { border-bottom: 0; }
  .parts td { border: 0; padding: 0; min-width: 0; }
  .parts .part { font-weight: 600; }
  .parts .problem { font-weight: 400; }
  .parts .endpoint, .parts .version { color: var(--dim); }
  .parts .endpoint { white-space: normal; }
  .parts .version, .parts .health { text-align: right; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #fff; --card: #fff; --ink: #000; --dim: #444; --line: #bbb; --panel: #fafafa;
    --ok: #1a7f4b; --ok-soft: #e6f5ec; --warning: #9a6200; --warning-soft: #fff3d9; --critical: #c0232c; --critical-soft: #fdeaea;
    --gone: #6b4fa0; --gone-soft: #f0ebfa; --accent: #2558c5;
  }
  @page { margin: 12mm; }
  body { font-size: 11pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  .deployments { columns: auto; }
  .card, .topology, .findings li, .hosts li, tr { break-inside: avoid; }
  .topology { max-width: 400px; }
}
`;
