// Bundles src/ into built/. DEV=1 keeps it readable, with React's whole errors.
import esbuild from 'esbuild';

// CommonJS packages whose default export an importing .mjs file would get wrapped once too often.
const wrapped = [
  'react-custom-scrollbars-2', 'react-calendar', 'react-highlight-words', 'react-hook-form', 'rc-slider', 'react-inlinesvg',
  'react-loading-skeleton', 'react-select', 'react-transition-group', 'react-grid-layout', 'react-draggable', 'rc-picker',
  'react-colorful', 'react-dropzone', 'react-table', 'react-virtualized-auto-sizer', 'calculate-size', 'tinycolor2', 'uwrap',
];

const unwrap = {
  name: 'unwrap',
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, async (asked) => {
      if (asked.pluginData === 'resolved' || !/\.mjs$/.test(asked.importer) || !wrapped.includes(asked.path)) return;
      const found = await build.resolve(asked.path, { kind: asked.kind, importer: asked.importer, resolveDir: asked.resolveDir, pluginData: 'resolved' });
      if (found.errors.length || /\.mjs$/.test(found.path)) return found;
      return { path: found.path, namespace: 'unwrap' };
    });
    build.onLoad({ filter: /.*/, namespace: 'unwrap' }, (asked) => ({
      contents: `import * as m from ${JSON.stringify(asked.path)}; export * from ${JSON.stringify(asked.path)}; export default (m.default && m.default.__esModule ? m.default.default : m.default);`,
      resolveDir: process.cwd(),
      loader: 'js',
    }));
  },
};

await esbuild.build({
  entryPoints: ['src/main.jsx'],
  bundle: true,
  format: 'esm',
  splitting: true,
  outdir: 'built',
  target: 'es2022',
  minify: !process.env.DEV,
  jsx: 'automatic',
  alias: { 'react-router-dom-v5-compat': 'react-router-dom' },
  define: { 'process.env.NODE_ENV': process.env.DEV ? '"development"' : '"production"' },
  loader: { '.svg': 'dataurl', '.ttf': 'file', '.woff2': 'file', '.png': 'dataurl' },
  mainFields: ['browser', 'module', 'main'],
  plugins: [unwrap],
  logLevel: 'error',
});
