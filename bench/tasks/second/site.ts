/** A web site of static files, with what builds and serves it. */
import type { Files } from '../task.ts';

const page = (title: string, body: string) => `<!doctype html>
<html lang="en">
  <head>
    <title>${title}</title>
    <link rel="stylesheet" href="/style.css" />
  </head>
  <body>
    <nav><a href="/">Home</a> <a href="/tours.html">Tours</a> <a href="/boat.html">The boat</a></nav>
    <main>
${body}
    </main>
  </body>
</html>
`;

/** Its files. */
export const site: Files = {
  'pages/index.html': page(
    'Seal tours',
    '      <h1>Seal tours</h1>\n      <p>We leave from pier 4, in all weather but storm.</p>',
  ),
  'pages/tours.html': page(
    'Tours',
    '      <h1>Tours</h1>\n      <ul>\n        <li>Short tour, 70 minutes</li>\n        <li>Island tour, 3 hours</li>\n        <li>Night tour, 2 hours</li>\n      </ul>',
  ),
  'pages/boat.html': page(
    'The boat',
    '      <h1>The boat</h1>\n      <p>The Halcyon has been at sea since 1987 and carries 34 guests.</p>',
  ),
  'pages/style.css': `:root {
  --accent: #1b6f8a;
  --gap: 12px;
}

nav a {
  color: var(--accent);
  margin-right: var(--gap);
}

main {
  max-width: 42rem;
}
`,
  'server.conf': `listen 8443
root /srv/seal/pages
cache 3600
header Referrer-Policy no-referrer
`,
  Makefile: `OUT = public

all: clean
\tmkdir -p $(OUT)
\tcp pages/* $(OUT)

clean:
\trm -rf $(OUT)
`,
  'tools/links.mjs': `// Lists the links of all pages, and those that lead nowhere.
import fs from 'node:fs';

let links = 0;
const broken = [];
for (const name of fs.readdirSync('pages').filter((each) => each.endsWith('.html'))) {
  const text = fs.readFileSync('pages/' + name, 'utf8');
  for (const [, href] of text.matchAll(/href="([^"]+)"/g)) {
    links++;
    const target = href === '/' ? '/index.html' : href;
    if (!fs.existsSync('pages' + target)) broken.push(name + ': ' + href);
  }
}
console.log(links + ' links, ' + broken.length + ' broken');
for (const each of broken) console.log(each);
process.exitCode = broken.length > 0 ? 1 : 0;
`,
  'tools/weigh.sh': `#!/bin/sh
# Prints the total size of the pages in bytes.
cat pages/* | wc -c | tr -d ' '
`,
};
