/** How the page looks. */

/** The style sheet: for wide and narrow screens, light and dark, and for paper. */
export const STYLE = `
:root{color-scheme:light dark;--back:#fff;--fore:#1d2430;--soft:#566070;--line:#d5dae2;--box:#f4f6f9;
--good:#1d6b43;--bad:#a8261d;--person:#0f5c8c;
--system:#34558b;--examples:#b08428;--memory:#8a4a96;--turns:#3b8f68;--generated:#c9603a;
--cached:#8291a8;--evaluated:#c2303f;--unknown:#8a93a1}
@media (prefers-color-scheme:dark){:root{--back:#14171c;--fore:#e4e7ec;--soft:#a3adbb;--line:#353c48;
--box:#1d222a;--good:#6fca9a;--bad:#ff9187;--person:#7cc0ec;
--system:#6f95d6;--examples:#d9b25c;--memory:#c48ad0;--turns:#62bd92;--generated:#ee9168;
--cached:#59667a;--evaluated:#f0616e;--unknown:#6c7684}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:62rem;background:var(--back);color:var(--fore);
font:1rem/1.45 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.35rem;margin:0 0 .3rem}
h2{font-size:1.15rem;margin:1.5rem 0 .5rem}
.title,h3,h4,h5,h6{font-size:1rem;font-weight:400;margin:0;padding-right:5.5rem}
h3,h4,h5,h6{font-weight:700}
p{margin:.2rem 0}
.about,time,.cost,summary,.text>span,.legend,dt{color:var(--soft);font-size:.875rem}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(8rem,1fr));gap:.5rem;margin:.5rem 0}
dl div{background:var(--box);border-radius:.4rem;padding:.4rem .6rem}
dd{margin:0;font-weight:700}
dd small{font-weight:400}
ol,ul{list-style:none;margin:0;padding:0}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem}
.legend svg{display:inline-block;width:.8rem;height:.8rem;vertical-align:-.08rem}
ol>li{position:relative;border-left:.2rem solid var(--line);padding:.35rem 0 .35rem .8rem}
ol ol{margin:.4rem 0 0}
li.person{border-color:var(--person);margin-top:.8rem}
li.ending{border-color:var(--good)}
li.failed{border-color:var(--bad)}
li.failed>.title{color:var(--bad)}
li.change,li.notice{color:var(--soft)}
li>time{position:absolute;right:0;top:.4rem}
code,pre{font:.85rem/1.4 ui-monospace,Consolas,monospace}
pre{margin:.2rem 0;padding:.5rem .6rem;background:var(--box);color:var(--fore);border-radius:.4rem;
white-space:pre-wrap;overflow-wrap:anywhere;tab-size:4}
pre.words{font:inherit}
summary{cursor:pointer;padding:.1rem 0}
svg{display:block;width:100%;height:1.4rem;margin:.2rem 0}
.system{fill:var(--system)}.examples{fill:var(--examples)}.memory{fill:var(--memory)}
.turns{fill:var(--turns)}.generated{fill:var(--generated)}.cached{fill:var(--cached)}
.evaluated{fill:var(--evaluated)}.unknown{fill:var(--unknown)}
@media (max-width:30rem){.title,h3,h4,h5,h6{padding:0}li>time{position:static}}
@media print{:root{--back:#fff;--fore:#000;--soft:#444;--box:#f4f4f4;--line:#bbb}
body{max-width:none;padding:0;font-size:.8rem}li,svg,rect{print-color-adjust:exact;
-webkit-print-color-adjust:exact}ol>li{break-inside:avoid-page}}
`;

/** What the page may load and run: this style, and nothing else. */
export function policy(): string {
  const { createHash } = process.getBuiltinModule('node:crypto'); // takes long to load
  const hash = createHash('sha256').update(STYLE).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}
