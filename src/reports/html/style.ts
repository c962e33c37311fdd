/** The whole look of the page: light, dark and paper; nothing is fetched. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #fff;
  --panel: #f6f8fa; --bar: #0a5fb4; --track: #e3e8ee; --warn: #9a3412; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b3; --line: #3d444d;
  --paper: #0d1117; --panel: #161b22; --bar: #58a6ff; --track: #2b323b; --warn: #ffa657; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 72rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.8rem; margin: 0 0 .75rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; margin: 1rem 0; list-style: none; }
a { color: var(--bar); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: .75rem; margin: 0 0 1rem; }
dl div { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .8rem; }
dt { color: var(--soft); font-size: .82rem; }
dd { margin: 0; overflow-wrap: anywhere; }
dl.figures dd > data:first-child { font-size: 1.3rem; font-weight: 700; }
p { max-width: 60rem; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: 0 0 1.25rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; min-width: 8rem; }
td:first-child { min-width: 14rem; }
thead th { color: var(--soft); font-weight: 600; }
td.number, th.number { min-width: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; white-space: nowrap; }
thead .number { white-space: normal; }
.unknown { color: var(--warn); font-style: italic; }
figure { margin: 0 0 1.25rem; }
figcaption { font-weight: 600; padding: .5rem 0; }
svg { width: 100%; max-width: 46rem; height: auto; display: block; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg .soft { fill: var(--soft); }
svg .bar { fill: var(--bar); }
svg .track { fill: var(--track); }
svg .grid { stroke: var(--line); }
svg .line { fill: none; stroke: var(--bar); stroke-width: 2; }
svg .dot { fill: var(--bar); }
svg .break { stroke: var(--warn); stroke-dasharray: 4 3; }
@media print {
  :root { --ink: #000; --soft: #333; --line: #999; --paper: #fff; --panel: #fff; --bar: #0a5fb4; --track: #ddd; --warn: #7c2d12; }
  @page { margin: 15mm; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav { display: none; }
  h2, caption, figcaption { break-after: avoid; }
  tr, figure, dl div { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; }
  .bar, .track { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
