// The WebSocket against servers that do not behave.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import http from 'node:http';
import { test } from 'node:test';
import { connect } from '../lib/websocket.mjs';

/** Starts a server that upgrades and then does `talk(socket)`; gives its address and what the connection came to. */
async function against(talk, { headers = [], maxBytes = 1000 } = {}) {
  const server = http.createServer((request, response) => response.writeHead(503).end());
  server.on('upgrade', (request, socket) => {
    socket.on('error', () => {});
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    const said = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`, 'Sec-WebSocket-Protocol: sealift.v1', ...headers];
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${said.join('\r\n')}\r\n\r\n`);
    assert.equal(request.headers['sec-websocket-extensions'], undefined);
    talk(socket);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const messages = [];
  try {
    const closed = await new Promise((resolve, reject) => {
      connect(`ws://127.0.0.1:${server.address().port}`, 'sealift.v1', {
        maxBytes, onMessage: (message) => messages.push(message), onClose: resolve,
      }).then((connection) => connection.send(Buffer.from('hello')), reject);
    });
    return { messages, closed };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const frame = (first, payload) => Buffer.concat([Buffer.from([first, payload.length]), payload]);
const CLOSE = frame(0x88, Buffer.from([0x03, 0xe8]));

test('fragments are put together, and pings between them answered', async () => {
  const { messages, closed } = await against((socket) => {
    let heard = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      heard = Buffer.concat([heard, bytes]);
      if (heard.includes(Buffer.from([0x8a, 0x81]))) socket.write(CLOSE);
    });
    socket.write(Buffer.concat([frame(0x02, Buffer.from('a')), frame(0x89, Buffer.from('?')), frame(0x80, Buffer.from('b'))]));
  });
  assert.deepEqual(messages.map(String), ['ab']);
  assert.equal(closed.code, 1000);
});

test('a message is sent as one masked binary frame', async () => {
  const heard = await new Promise((resolve) => {
    against((socket) =>
      socket.once('data', (bytes) => {
        socket.write(CLOSE);
        resolve(bytes);
      }),
    );
  });
  assert.equal(heard[0], 0x82);
  assert.equal(heard[1], 0x80 | 5);
  const text = heard.subarray(6, 11).map((byte, i) => byte ^ heard[2 + (i & 3)]);
  assert.equal(Buffer.from(text).toString(), 'hello');
});

test('a length beyond the bound ends the connection before it is waited for', async () => {
  const announced = Buffer.from([0x82, 127, 0, 0, 0, 0, 0x40, 0, 0, 0]);
  const { messages, closed } = await against((socket) => socket.write(announced));
  assert.deepEqual([messages.length, closed.code], [0, 1009]);
});

test('fragments that are too long together, and too many of them, end the connection', async () => {
  const long = frame(0x00, Buffer.alloc(125));
  const together = Buffer.concat([frame(0x02, Buffer.alloc(125)), ...new Array(8).fill(long)]);
  assert.equal((await against((socket) => socket.write(together))).closed.code, 1009);
  const empty = Buffer.concat([frame(0x02, Buffer.alloc(0)), ...new Array(2000).fill(frame(0x00, Buffer.alloc(0)))]);
  assert.equal((await against((socket) => socket.write(empty))).closed.code, 1009);
});

test('masked frames, reserved bits and fragments out of place end the connection', async () => {
  for (const bad of [[0x82, 0x81, 0, 0, 0, 0, 0], [0xc2, 0], [0x80, 0], [0x83, 0], [0x09, 0], [0x89, 126, 0, 126]]) {
    assert.equal((await against((socket) => socket.write(Buffer.from(bad)))).closed.code, 1002);
  }
});

test('an extension that was not offered, and an answer that is no upgrade, are refused', async () => {
  await assert.rejects(against(() => {}, { headers: ['Sec-WebSocket-Extensions: permessage-deflate'] }), { code: 'unreachable' });
  await assert.rejects(connect('ws://127.0.0.1:1', 'sealift.v1', { maxBytes: 1, onMessage() {}, onClose() {} }), { code: 'unreachable' });
});
