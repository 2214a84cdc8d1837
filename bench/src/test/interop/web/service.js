// A service on Node: node service.js PORT. What comes to it that a test wants to know, it says line by line.
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import { WebSocketServer } from 'ws';
import { fillUntilStalled, Pattern } from './pattern.js';

const SILENCE_MILLIS = 200;

const echoes = new WebSocketServer({
  noServer: true,
  maxPayload: 64 << 20,
  perMessageDeflate: { threshold: 0 },
  handleProtocols: (offered) => (offered.has('chat') ? 'chat' : false),
});

echoes.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => {
    if (!isBinary && data.toString().startsWith('close ')) {
      const [, code, reason] = data.toString().split(' ');
      socket.close(Number(code), reason);
    } else {
      socket.send(data, { binary: isBinary });
    }
  });
  socket.on('close', (code, reason) => console.log(`websocket closed with ${code} ${reason}`));
});

const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n';

function switched(request, socket) {
  const accept = crypto
    .createHash('sha1')
    .update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11')
    .digest('base64');
  socket.write(`${SWITCHED}Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
}

/** What becomes of requests to switch, by path. */
const upgrades = {
  '/ws': (request, socket, head) =>
    echoes.handleUpgrade(request, socket, head, (socket) => echoes.emit('connection', socket)),
  '/forbidden': (request, socket) =>
    socket.end('HTTP/1.1 403 Forbidden\r\nX-Reason: none\r\nContent-Length: 2\r\n\r\nno'),
  '/page': (request, socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage'),
  '/wrong': (request, socket) => {
    socket.on('error', (error) => console.log(`wrong ${error.code}`));
    socket.write(`${SWITCHED}Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n`);
  },
  // No WebSocket from here on: bytes.
  '/echo': (request, socket) => {
    switched(request, socket);
    socket.on('end', () => socket.end('after the end'));
    socket.on('data', (data) =>
      data.includes('reset') ? socket.resetAndDestroy() : socket.write(data),
    );
  },
  '/open': (request, socket) => {
    switched(request, socket);
    socket.on('data', (data) => socket.write(data));
    // Node's visitor ends its side before it resets, and behind an end Node sees a reset only when it writes.
    socket.on('end', () => {
      const writing = setInterval(() => socket.write('still here'), 10);
      socket.on('close', () => clearInterval(writing));
    });
    socket.on('error', (error) => console.log(`open ${error.code}`));
  },
  '/late': (request, socket, head) => {
    let isSwitched = false;
    let text = head.toString();
    socket.on('data', (data) => (text += data));
    socket.on('end', () => socket.end());
    setTimeout(() => {
      console.log(`late had [${text}]`);
      switched(request, socket);
      socket.write(text);
      socket.on('data', (data) => socket.write(data));
    }, SILENCE_MILLIS);
  },
  '/silent': (request, socket) => {
    console.log('silent is asked');
    socket.on('error', (error) => console.log(`silent ${error.code}`));
    socket.on('end', () => console.log('silent end'));
    socket.resume();
  },
  '/flood': async (request, socket) => {
    switched(request, socket);
    const bytes = Number(new URL(request.url, 'http://service').searchParams.get('bytes'));
    await fillUntilStalled(socket, bytes, (sent) => console.log(`flood stalled at ${sent}`));
    socket.end();
  },
  '/unread': (request, socket) => {
    switched(request, socket);
    const pattern = new Pattern();
    process.stdin.once('data', () => {
      socket.on('data', (data) => pattern.check(data));
      socket.on('end', () => socket.end(`${pattern.at}`));
      socket.resume();
    });
    socket.pause();
  },
};

const events = new Map(); // by name: its response, which gets an event when it is told to

/** What becomes of other requests, by path. */
const pages = {
  '/': (request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(fs.readFileSync(new URL('page.html', import.meta.url)));
  },
  '/favicon.ico': (request, response) => response.writeHead(204).end(),
  '/events': (request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write('data: 0\n\n');
    events.set('page', response);
  },
  // The event of that number has arrived: only now the next one is sent.
  '/seen': (request, response, url) => {
    events.get('page').write(`data: ${Number(url.searchParams.get('event')) + 1}\n\n`);
    response.end('ok');
  },
  '/upload': (request, response) => {
    const hash = crypto.createHash('sha256');
    let bytes = 0;
    request.on('data', (data) => {
      hash.update(data);
      bytes += data.length;
    });
    request.on('end', () => response.end(JSON.stringify({ bytes, sha256: hash.digest('hex') })));
  },
};

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://service');
  const page = pages[url.pathname];
  if (page) {
    page(request, response, url);
  } else {
    response.writeHead(404).end();
  }
});

server.on('upgrade', (request, socket, head) => {
  socket.on('error', () => {}); // a visitor may leave at any time
  const fields = ['sec-websocket-version', 'sec-websocket-extensions', 'origin'].map(
    (name) => request.headers[name],
  );
  console.log(`asked ${request.method} ${request.url} ${fields.join(' ')}`);
  upgrades[new URL(request.url, 'http://service').pathname](request, socket, head);
});

server.listen(Number(process.argv[2]), '127.0.0.1', () => {
  console.log(`listening on ${server.address().port}`);
});
