// Bundles the dashboard:   node build.mjs [--out DIR] [--watch]
//
// DIR (build/web/site, unless said) gets index.html and assets/ with hashed names. What a page needs only
// when it is opened is a chunk of its own; the first load has a limit, and passing it fails the build.
import { build, context } from 'esbuild';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

export const firstLoadMost = 350_000; // bytes, gzip

const here = dirname(fileURLToPath(import.meta.url));

export function defaultOut() {
  return resolve(here, '../build/web/site');
}

// import url from './name?worker': name.ts and all that it imports as one file, whose address is `url`.
const workers = {
  name: 'workers',
  setup({ onResolve, onLoad, initialOptions: { target, minify, define } }) {
    onResolve({ filter: /\?worker$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace(/\?worker$/, '.js')),
      namespace: 'worker',
    }));
    onLoad({ filter: /.*/, namespace: 'worker' }, async ({ path }) => {
      const entryPoints = [path.replace(/\.js$/, '.ts')];
      const { outputFiles, errors, warnings } = await build({
        ...{ entryPoints, target, minify, define, legalComments: 'none', logLevel: 'silent' },
        ...{ bundle: true, format: 'iife', write: false },
      });
      return { contents: outputFiles[0].contents, loader: 'file', errors, warnings };
    });
  },
};

export async function bundler(out, { minify = true } = {}) {
  return context({
    entryPoints: { app: join(here, 'src/main.tsx') },
    outdir: join(out, 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    publicPath: '/assets',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['es2022'],
    jsx: 'automatic',
    minify,
    sourcemap: false,
    metafile: true,
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': minify ? '"production"' : '"development"' },
    loader: { '.woff2': 'file' },
    plugins: [workers],
    logLevel: 'warning',
  });
}

// The output file of an entry point, and what it imports at once, as paths below `out`.
function firstLoad(metafile, entry) {
  const seen = new Set();
  const visit = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    const output = metafile.outputs[file];
    if (output.cssBundle) seen.add(output.cssBundle);
    for (const part of output.imports) if (part.kind === 'import-statement' && !part.external) visit(part.path);
  };
  visit(entry);
  return [...seen];
}

// Writes index.html and the names that the server needs; answers with the sizes of the first load.
export function writePage(out, metafile) {
  const outputs = metafile.outputs;
  const entry = Object.keys(outputs).find((name) => outputs[name].entryPoint?.endsWith('src/main.tsx'));
  const name = (file) => file.split('/').pop();
  const files = firstLoad(metafile, entry);
  const chunks = files.filter((file) => file !== entry && file.endsWith('.js'));
  const page = readFileSync(join(here, 'src/index.html'), 'utf8')
    .replace('<!--styles-->', `<link rel="stylesheet" href="/assets/${name(outputs[entry].cssBundle)}">`)
    .replace('<!--chunks-->', chunks.map((file) => `<link rel="modulepreload" href="/assets/${name(file)}">`).join(''))
    .replace('<!--script-->', `<script type="module" src="/assets/${name(entry)}"></script>`);
  writeFileSync(join(out, 'index.html'), page);
  writeFileSync(join(out, 'favicon.svg'), readFileSync(join(here, 'src/favicon.svg')));
  return files.map((file) => [name(file), gzipSync(readFileSync(resolve(file))).length]);
}

async function main() {
  const argument = (flag) => {
    const at = process.argv.indexOf(flag);
    return at < 0 ? undefined : process.argv[at + 1];
  };
  const out = resolve(argument('--out') ?? defaultOut());
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'assets'), { recursive: true });
  const build = await bundler(out);
  const { metafile } = await build.rebuild();
  await build.dispose();
  const first = writePage(out, metafile);
  const total = first.reduce((sum, [, bytes]) => sum + bytes, 0);
  const all = readdirSync(join(out, 'assets')).reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(out, 'assets', file))).length,
    0,
  );
  console.log(
    `dashboard: first load ${Math.round(total / 1000)} kB of at most ${firstLoadMost / 1000} kB, everything ${Math.round(all / 1000)} kB (gzip)`,
  );
  if (total > firstLoadMost) {
    console.error('dashboard: the first load is too large; load what is not on every page with lazy()');
    process.exit(1);
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
