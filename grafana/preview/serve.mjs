// Serves the page, a dashboard, and a way to Prometheus, on loopback.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const types = { '.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html', '.json': 'application/json', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.ttf': 'font/ttf' };

// serve returns a server that listens on a free port.
export function serve(prometheus, dashboards) {
  const folders = [['/built/', 'built'], ['/public/build/', 'node_modules/@grafana/ui/dist/public'], ['/dashboards/', dashboards]];
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url, 'http://loopback');
    try {
      if (url.pathname.startsWith('/prometheus/')) {
        const answer = await fetch(prometheus + request.url.slice('/prometheus'.length));
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        return response.end(await answer.text());
      }
      if (url.pathname === '/') {
        response.writeHead(200, { 'content-type': 'text/html' });
        return response.end(fs.readFileSync('page.html'));
      }
      const [prefix, folder] = folders.find(([prefix]) => url.pathname.startsWith(prefix)) ?? [];
      const file = folder && path.join(folder, path.normalize('/' + url.pathname.slice(prefix.length)));
      if (!file || !fs.existsSync(file) || fs.statSync(file).isDirectory()) {
        response.writeHead(404);
        return response.end();
      }
      response.writeHead(200, { 'content-type': types[path.extname(file)] ?? 'application/octet-stream' });
      fs.createReadStream(file).pipe(response);
    } catch (error) {
      response.writeHead(502, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: 'error', error: String(error) }));
    }
  });
  return new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(server)));
}
