// A visitor on Node: node visitor.js http|https|h2 SCENARIO ADDRESS PORT AUTHORITY. It asks for app.localhost there, says
// what it has reached line by line, and ends with 0 where all was as it should be.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import WebSocket, { extension as extensions, PerMessageDeflate } from 'ws';
import { fillUntilStalled, Pattern } from './pattern.js';

const [mode, scenario, address, port, authority] = process.argv.slice(2);
const HOST = `app.localhost:${port}`;
const BIG_BYTES = 10 << 20;
const FLOOD_BYTES = 64 << 20;

/** A connection to the edge; `below` is its socket without TLS. */
function connect() {
  const below = net.connect({ host: address, port: Number(port), allowHalfOpen: true });
  if (mode === 'http') {
    return { below, socket: below };
  }
  const ALPNProtocols = [mode === 'h2' ? 'h2' : 'http/1.1'];
  const ca = fs.readFileSync(authority);
  // OpenSSL takes no wildcard for all of a top-level domain, which localhost is.
  const checkServerIdentity = () => undefined;
  const servername = 'app.localhost';
  const socket = tls.connect({ socket: below, servername, ca, ALPNProtocols, checkServerIdentity });
  return { below, socket };
}

/** The session of a connection in HTTP/2, once it is known that it takes an extended CONNECT. */
async function openSession() {
  const { below, socket } = connect();
  const session = http2.connect(`https://${HOST}`, { createConnection: () => socket });
  const [settings] = await once(session, 'remoteSettings');
  assert.equal(settings.enableConnectProtocol, true);
  return { below, session };
}

/** Asks to switch: {status, headers, stream, reset, close}; the stream is bytes where the answer is a switch. */
async function ask(path, fields = {}, early = undefined) {
  fields = { 'sec-websocket-version': '13', ...fields };
  if (mode === 'h2') {
    const { session } = await openSession();
    const head = { ':method': 'CONNECT', ':protocol': 'websocket', ':path': path, ...fields };
    const stream = session.request(head, { endStream: false });
    if (early) {
      stream.write(early);
    }
    const [headers] = await once(stream, 'response');
    const reset = () => stream.close(http2.constants.NGHTTP2_CANCEL);
    return { status: headers[':status'], headers, stream, reset, close: () => session.destroy() };
  }
  const { below, socket } = connect();
  const headers = {
    host: HOST,
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    ...fields,
  };
  const request = http.request({ path, headers, createConnection: () => socket });
  if (early) {
    request.once('finish', () => socket.write(early));
  }
  request.end();
  const [kind, response, head] = await Promise.race(
    ['upgrade', 'response'].map(async (kind) => [kind, ...(await once(request, kind))]),
  );
  if (head?.length > 0) {
    socket.unshift(head);
  }
  return {
    status: response.statusCode,
    headers: response.headers,
    stream: kind === 'upgrade' ? socket : response,
    reset: () => below.resetAndDestroy(),
    close: () => below.destroy(),
  };
}

const SWITCHED = mode === 'h2' ? 200 : 101;

/** A WebSocket, whose frames are those of `ws` whatever they travel in. */
async function open(path, extension) {
  const offer = { ...extension?.offer() };
  const offered = Object.entries(offer).map(([name, value]) => (value === true ? name : `${name}=${value}`));
  const { status, headers, stream, close } = await ask(path, {
    'sec-websocket-protocol': 'chat',
    ...(extension ? { 'sec-websocket-extensions': ['permessage-deflate', ...offered].join('; ') } : {}),
  });
  assert.equal(status, SWITCHED);
  assert.equal(headers['sec-websocket-protocol'], 'chat');
  assert.equal('sec-websocket-accept' in headers, mode !== 'h2');
  const socket = new WebSocket(null, undefined, { autoPong: true, closeTimeout: 20_000 });
  socket._isServer = false;
  if (extension) {
    const accepted = extensions.parse(headers['sec-websocket-extensions']);
    extension.accept(accepted['permessage-deflate']);
    socket._extensions['permessage-deflate'] = extension;
  }
  socket.setSocket(stream, Buffer.alloc(0), { maxPayload: 64 << 20 });
  return { socket, close };
}

async function exchange(socket, message, options) {
  socket.send(message, options);
  const [data, isBinary] = await once(socket, 'message');
  return { data, isBinary };
}

async function conversation(extension) {
  const { socket, close } = await open('/ws', extension);
  const { data: text, isBinary } = await exchange(socket, 'grüße');
  assert.deepEqual([text.toString(), isBinary], ['grüße', false]);
  const big = crypto.randomBytes(BIG_BYTES);
  const { data } = await exchange(socket, big);
  assert.ok(data.equals(big));
  socket.ping('are you there');
  const [answer] = await once(socket, 'pong');
  assert.equal(answer.toString(), 'are you there');
  socket.close(4001, 'done here');
  const [code, reason] = await once(socket, 'close');
  assert.deepEqual([code, reason.toString()], [4001, 'done here']);
  close();
}

async function textOf(stream) {
  let text = '';
  for await (const data of stream) {
    text += data;
  }
  return text;
}

const scenarios = {
  async conversation() {
    await conversation(undefined);
  },

  async compressed() {
    const extension = new PerMessageDeflate({ threshold: 0, maxPayload: 64 << 20 });
    await conversation(extension);
    console.log('compressed');
  },

  async closedByTheService() {
    const { socket, close } = await open('/ws');
    socket.send('close 4002 bye');
    const [code, reason] = await once(socket, 'close');
    assert.deepEqual([code, reason.toString()], [4002, 'bye']);
    close();
  },

  async refused() {
    const forbidden = await ask('/forbidden');
    assert.equal(forbidden.status, 403);
    assert.equal(forbidden.headers['x-reason'], 'none');
    assert.equal(await textOf(forbidden.stream), 'no');
    forbidden.close();
    for (const path of ['/page', '/wrong']) {
      const answer = await ask(path);
      if (mode === 'h2') {
        assert.equal(answer.status, 502);
        assert.equal(answer.headers['culvert-error'], 'bad-upgrade');
        assert.match(await textOf(answer.stream), /did not open a WebSocket/);
      } else {
        assert.equal(answer.status, path === '/page' ? 200 : 101); // the visitor's to judge
      }
      answer.close();
    }
  },

  async halfClosed() {
    const { status, stream, close } = await ask('/echo');
    assert.equal(status, SWITCHED);
    stream.end('the last words, ');
    assert.equal(await textOf(stream), 'the last words, after the end');
    close();
  },

  async early() {
    const { status, stream, close } = await ask('/late', {}, 'early ');
    assert.equal(status, SWITCHED);
    stream.end('and late');
    assert.equal(await textOf(stream), 'early and late');
    close();
  },

  async resetByTheVisitor() {
    const { stream, reset } = await ask('/open');
    stream.on('error', () => {});
    stream.write('hello');
    await once(stream, 'data');
    reset();
    console.log('reset');
    if (mode === 'h2') {
      await once(stream, 'close');
      process.exit(0);
    }
  },

  async resetByTheService() {
    const { stream } = await ask('/echo');
    let failure;
    stream.on('error', (error) => (failure = error));
    stream.resume();
    stream.write('reset');
    await new Promise((resolve) => stream.once('close', resolve));
    if (mode === 'h2') {
      assert.equal(stream.rstCode, http2.constants.NGHTTP2_CANCEL);
    } else {
      assert.equal(failure.code, 'ECONNRESET');
    }
    process.exit(0);
  },

  async leaves() {
    const asked = mode === 'h2' ? await openSession() : connect();
    if (mode === 'h2') {
      const head = { ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/silent' };
      const stream = asked.session.request(head, { endStream: false });
      stream.on('error', () => {});
      await once(process.stdin, 'data'); // the service has been asked
      stream.close(http2.constants.NGHTTP2_CANCEL);
      await once(stream, 'close');
      asked.session.destroy();
    } else {
      asked.socket.write(
        `GET /silent HTTP/1.1\r\nHost: ${HOST}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n`,
      );
      await once(process.stdin, 'data');
      asked.below.destroy();
    }
    process.exit(0);
  },

  async slowVisitor() {
    const { stream, close } = await ask(`/flood?bytes=${FLOOD_BYTES}`);
    stream.pause();
    console.log('asked');
    await once(process.stdin, 'data'); // the service has written what it could
    const pattern = new Pattern();
    stream.on('data', (data) => pattern.check(data));
    stream.resume();
    await once(stream, 'end');
    assert.equal(pattern.at, FLOOD_BYTES);
    close();
  },

  async slowService() {
    const { stream, close } = await ask('/unread');
    await fillUntilStalled(stream, FLOOD_BYTES, (sent) => console.log(`stalled at ${sent}`));
    stream.end();
    assert.equal(await textOf(stream), `${FLOOD_BYTES}`);
    close();
  },
};

await scenarios[scenario]();
console.log('ok');
process.exit(0);
