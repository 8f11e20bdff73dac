/** Makes `dist/cli.cjs` and `dist/program.cjs`, and `dist/meta.json`, which tells what is in them. */
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
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `export default require(${JSON.stringify(path)});`,
    }));
  },
};

const { metafile } = await build({
  entryPoints: { cli: 'src/cli/cli.ts', program: 'src/cli/run.ts' },
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
