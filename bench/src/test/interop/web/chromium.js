// Has Chromium visit page.html: node chromium.js CHROMIUM ADDRESS PORT AUTHORITY. Says what the page saw, as JSON.
import crypto from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import tls from 'node:tls';
import { chromium } from 'playwright-core';

const [executablePath, address, port, authority] = process.argv.slice(2);
const UPLOAD_BYTES = 64 << 20;

/** The key of the certificate that the authority vouches for: the browser is to take that one, and no other. */
async function pin() {
  const socket = tls.connect({
    host: address,
    port: Number(port),
    servername: 'app.localhost',
    ca: fs.readFileSync(authority),
    checkServerIdentity: () => undefined, // for OpenSSL localhost is a top-level domain, with no wildcard
  });
  await once(socket, 'secureConnect');
  const key = socket.getPeerX509Certificate().publicKey.export({ type: 'spki', format: 'der' });
  socket.destroy();
  return crypto.createHash('sha256').update(key).digest('base64');
}

const browser = await chromium.launch({
  executablePath,
  timeout: 20_000,
  args: [`--host-resolver-rules=MAP * ${address}`, `--ignore-certificate-errors-spki-list=${await pin()}`],
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`https://app.localhost:${port}/`);
  const seen = {};
  const steps = { page: 'loaded()', webSocket: 'webSocket()', events: 'events()', upload: `upload(${UPLOAD_BYTES})` };
  for (const [name, step] of Object.entries(steps)) {
    console.log(name); // where it is, should it not come to its end
    seen[name] = await page.evaluate(step);
  }
  console.log(JSON.stringify(seen));
} finally {
  await browser.close();
}
