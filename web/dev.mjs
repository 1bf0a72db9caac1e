// The dashboard while it is being written:   node dev.mjs [--daemon http://127.0.0.1:7878] [--port 5173]
//
// Serves what build.mjs bundles, built anew for each load of the page, and hands everything else to a
// running daemon. LAZARET_KEY (lazaret token add dev --scope admin) saves the signing in.
import { mkdtempSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundler, writePage } from './build.mjs';

const argument = (flag, otherwise) => {
  const at = process.argv.indexOf(flag);
  return at < 0 ? otherwise : process.argv[at + 1];
};
const daemon = new URL(argument('--daemon', 'http://127.0.0.1:7878'));
const port = Number(argument('--port', '5173'));
const out = mkdtempSync(join(tmpdir(), 'dashboard-'));
const build = await bundler(out, { minify: false });

const types = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', html: 'text/html' };
const programs = /^\/(api|sign-in|openapi\.json|metrics|health)(\/|$)/; // all others are pages, if only the lost one
const policy = (nonce) =>
  `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; ` +
  "connect-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

function sendFile(response, path) {
  try {
    const body = readFileSync(join(out, path));
    response.writeHead(200, { 'content-type': types[path.split('.').pop()] ?? 'application/octet-stream' }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

async function sendPage(response) {
  const { metafile } = await build.rebuild();
  writePage(out, metafile);
  const nonce = Math.random().toString(36).slice(2);
  const body = readFileSync(join(out, 'index.html'), 'utf8').replaceAll('__NONCE__', nonce);
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy(nonce) })
    .end(body);
}

function handOn(request, response) {
  const headers = { ...request.headers, host: daemon.host };
  if (headers.origin) headers.origin = daemon.origin;
  if (process.env.LAZARET_KEY) headers.authorization = `Bearer ${process.env.LAZARET_KEY}`;
  const onward = http.request(
    { host: daemon.hostname, port: daemon.port, path: request.url, method: request.method, headers },
    (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

http
  .createServer((request, response) => {
    const path = request.url.split('?')[0];
    const asks = (request.headers.accept ?? '').includes('text/html');
    if (path.startsWith('/assets/') || path === '/favicon.svg') return sendFile(response, path.slice(1));
    if (request.method === 'GET' && asks && !programs.test(path)) {
      return sendPage(response).catch((error) => response.writeHead(500).end(String(error)));
    }
    handOn(request, response);
  })
  .listen(port, '127.0.0.1', () => console.log(`dashboard: http://127.0.0.1:${port} in front of ${daemon.origin}`));
