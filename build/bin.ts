/** Makes `dist/cli.cjs`, the files that it loads, and `dist/meta.json`, which tells what is in them. */
import fs from 'node:fs';
import { build, type Plugin } from 'esbuild';

/**
 * An import of a module of Node.js becomes a `require` of it. What esbuild makes of it copies each of
 * its members in each file that imports it, which takes 8 ms of a start.
 */
const plainBuiltins: Plugin = {
  name: 'plain builtins',
  setup({ onResolve, onLoad }) {
    // Only of ours, which import these as a whole.
    onResolve({ filter: /^node:(?:fs|os|path)$/ }, ({ path, kind, importer }) => {
      if (kind !== 'import-statement' || importer.includes('node_modules')) return undefined;
      return { path, namespace: 'builtin' };
    });
    // `debug` would load it from any node_modules above, a repository's included. It works without.
    onResolve({ filter: /^supports-color$/ }, ({ path }) => ({ path, namespace: 'absent' }));
    onLoad({ filter: /./, namespace: 'absent' }, () => ({ contents: '' }));
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `export default require(${JSON.stringify(path)});`,
    }));
  },
};

const { metafile } = await build({
  entryPoints: { cli: 'src/cli/cli.ts', main: 'src/cli/main.ts', program: 'src/cli/run.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minifyWhitespace: true,
  minifySyntax: true,
  define: { BUILT: 'true', Headers: 'Map', 'import.meta.dirname': '__dirname' },
  inject: ['build/lazy-segmenter.ts'],
  plugins: [plainBuiltins],
  metafile: true,
  logLevel: 'warning',
});
fs.writeFileSync('dist/meta.json', JSON.stringify(metafile));

// src/cli/code-cache.ts runs these as functions. To wrap them there would hold each source twice.
for (const file of ['dist/main.cjs', 'dist/program.cjs']) {
  const source = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, `(function(module,require,__dirname){${source}\n})`);
}
