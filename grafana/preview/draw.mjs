// Draws dashboards and photographs them: node draw.mjs [--from=now-1h] [--width=1600] [--height=0] [--out=.] UID...
// A height of 0 is the whole dashboard, however long it is.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { serve } from './serve.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    prometheus: { type: 'string', default: 'http://127.0.0.1:9090' },
    dashboards: { type: 'string', default: '..' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    from: { type: 'string', default: 'now-1h' },
    width: { type: 'string', default: '1600' },
    height: { type: 'string', default: '0' },
    window: { type: 'string', default: '15m' },
    interval: { type: 'string', default: '15' },
    out: { type: 'string', default: '.' },
  },
});

const server = await serve(values.prometheus, values.dashboards);
const browser = await chromium.launch({
  executablePath: values.chromium,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
try {
  for (const uid of positionals) {
    const page = await browser.newPage({ viewport: { width: +values.width, height: +values.height || 1000 } });
    page.on('pageerror', (error) => console.error(uid, String(error.stack).slice(0, 700)));
    page.on('console', (message) => message.type() === 'error' && console.error(uid, message.text().slice(0, 300)));
    const query = new URLSearchParams({ dashboard: uid, from: values.from, window: values.window, interval: values.interval });
    await page.goto(`http://127.0.0.1:${server.address().port}/?${query}`);
    await page.waitForFunction(() => window.drawn, null, { timeout: 60_000 });
    if (!+values.height) {
      await page.setViewportSize({ width: +values.width, height: await page.evaluate(() => window.dashboardHeight) });
      await page.waitForTimeout(3000);
    }
    await page.waitForTimeout(1500);
    await page.screenshot({ path: path.join(values.out, uid + '.png') });
    await page.close();
  }
} finally {
  await browser.close();
  server.close();
}
