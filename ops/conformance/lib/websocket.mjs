// WebSocket (RFC 6455), the client's side, as section 13 wants it: no extensions, one unfragmented frame for each
// message sent, a bound on what is received before it is buffered, pings answered and sent.
//
// Node's own WebSocket was tried first. It sends unfragmented frames and answers pings, but it offers the extension
// permessage-deflate and cannot be told not to; it buffers a message of any length before it shows it (400 MiB, in the
// trial, of a frame that announced 1 GiB); and it cannot ping. So this is our own.
import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { concat, fromUtf8, u64, utf8 } from './bytes.mjs';
import { Failure } from './errors.mjs';

const ACCEPT_SUFFIX = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const FINAL = 0x80;
const MASKED = 0x80;

/** An honest gateway sends none; without a bound, empty ones could go on for ever. */
const MAX_FRAGMENTS = 1024;

const CONNECT_MILLIS = 10_000;
const PING_AFTER_MILLIS = 30_000;
const SILENT_MILLIS = 75_000;

/**
 * Connects, or rejects with a Failure. A message has at most `maxBytes`. `onMessage` gets a Buffer or, of a text message, a string; an error that it throws
 * ends the connection. `onClose` gets { code, error } once.
 */
export function connect(mesh, subprotocol, { maxBytes, onMessage, onClose }) {
  const key = randomBytes(16).toString('base64');
  const url = new URL('/v1/sync', mesh.replace(/^ws/, 'http'));
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const fail = (what) => reject(new Failure('unreachable', what));
    const asking = request(url, {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': key,
        'Sec-WebSocket-Protocol': subprotocol,
      },
      timeout: CONNECT_MILLIS,
    });
    asking.on('error', ({ code }) => fail(`the mesh cannot be reached (${code ?? 'connection lost'})`));
    asking.on('timeout', () => asking.destroy());
    asking.on('response', (response) => {
      response.resume();
      fail(`the mesh answered with HTTP status ${response.statusCode}`);
    });
    asking.on('upgrade', (response, socket, head) => {
      if (!accepts(response.headers, key, subprotocol)) {
        socket.destroy();
        fail('what answered does not speak this subprotocol');
        return;
      }
      socket.setTimeout(0);
      resolve(new Connection(socket, head, { maxBytes, onMessage, onClose }));
    });
    asking.end();
  });
}

function accepts(headers, key, subprotocol) {
  const expected = createHash('sha1').update(key + ACCEPT_SUFFIX).digest('base64');
  return (
    headers['sec-websocket-accept'] === expected &&
    headers['sec-websocket-protocol'] === subprotocol &&
    headers['sec-websocket-extensions'] === undefined
  );
}

export class Connection {
  #socket;
  #reader;
  #maxBytes;
  #fragments = [];
  #fragmentsKind;
  #onMessage;
  #onClose;
  #closed = false;
  #heardAt = Date.now();
  #watch;

  constructor(socket, head, { maxBytes, onMessage, onClose }) {
    this.#socket = socket;
    this.#reader = new FrameReader(maxBytes);
    this.#maxBytes = maxBytes;
    this.#onMessage = onMessage;
    this.#onClose = onClose;
    socket.setNoDelay(true);
    if (head.length) socket.unshift(head); // read before what is still to come
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#ended({ code: 1006 }));
    this.#watch = setInterval(() => this.#keepAlive(), PING_AFTER_MILLIS / 3).unref();
  }

  /** Sends one message as one frame: text of a string, binary of bytes. */
  send(message) {
    if (typeof message === 'string') this.#write(TEXT, utf8(message));
    else this.#write(BINARY, message);
  }

  close(code = 1000) {
    this.#end(code);
  }

  #write(opcode, payload) {
    if (!this.#closed && this.#socket.writable) this.#socket.write(frame(opcode, payload));
  }

  #receive(bytes) {
    if (this.#closed) return;
    this.#heardAt = Date.now();
    try {
      this.#reader.add(bytes);
      for (let it = this.#reader.next(); it && !this.#closed; it = this.#reader.next()) this.#handle(it);
    } catch (error) {
      this.#end(error instanceof ProtocolError ? error.closeCode : 1002, error);
    }
  }

  #handle({ opcode, final, payload }) {
    switch (opcode) {
      case PING:
        this.#write(PONG, payload);
        return;
      case PONG:
        return;
      case CLOSE:
        this.#end(1000, undefined, payload.length >= 2 ? payload.readUInt16BE() : 1005);
        return;
      default:
        this.#gather(opcode, final, payload);
    }
  }

  #gather(opcode, final, payload) {
    if ((opcode === CONTINUATION) !== (this.#fragments.length > 0)) throw new ProtocolError(1002, 'a fragment out of place');
    if (opcode !== CONTINUATION) this.#fragmentsKind = opcode;
    this.#fragments.push(payload);
    const length = this.#fragments.reduce((sum, it) => sum + it.length, 0);
    const tooMuch = length > this.#maxBytes || this.#fragments.length > MAX_FRAGMENTS;
    if (tooMuch) throw new ProtocolError(1009, 'a message that is too long');
    if (!final) return;
    const message = concat(...this.#fragments);
    this.#fragments = [];
    this.#onMessage(this.#fragmentsKind === TEXT ? fromUtf8(message) : message);
  }

  #keepAlive() {
    const silent = Date.now() - this.#heardAt;
    if (silent > SILENT_MILLIS) this.#end(1001, new Failure('connection_lost', 'the mesh is silent'));
    else if (silent > PING_AFTER_MILLIS) this.#write(PING, Buffer.alloc(0));
  }

  #end(code, error, received) {
    if (this.#closed) return;
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    this.#write(CLOSE, payload);
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), 1000).unref();
    this.#ended({ code: received ?? code, error });
  }

  #ended(how) {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#watch);
    this.#onClose(how);
  }
}

class ProtocolError extends Error {
  constructor(closeCode, what) {
    super(what);
    this.closeCode = closeCode;
  }
}

/** Cuts a stream into frames; what is announced is checked before it is waited for. */
class FrameReader {
  #bytes = Buffer.alloc(0);
  #maxBytes;

  constructor(maxBytes) {
    this.#maxBytes = maxBytes;
  }

  add(bytes) {
    this.#bytes = concat(this.#bytes, bytes);
  }

  next() {
    const header = this.#header();
    if (!header || this.#bytes.length < header.end) return undefined;
    const payload = this.#bytes.subarray(header.start, header.end);
    this.#bytes = this.#bytes.subarray(header.end);
    return { ...header, payload };
  }

  #header() {
    const bytes = this.#bytes;
    if (bytes.length < 2) return undefined;
    const final = (bytes[0] & FINAL) !== 0;
    const opcode = bytes[0] & 0x0f;
    const control = opcode >= CLOSE;
    if (bytes[0] & 0x70 || (opcode > BINARY && !control) || opcode > PONG) throw new ProtocolError(1002, 'no such frame');
    if (bytes[1] & MASKED) throw new ProtocolError(1002, 'a masked frame from a server');
    const short = bytes[1] & 0x7f;
    if (control && (short > 125 || !final)) throw new ProtocolError(1002, 'a control frame that is too long');
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < start) return undefined;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (length > this.#maxBytes) throw new ProtocolError(1009, 'a message that is too long');
    return { final, opcode, start, end: start + length };
  }
}

function frame(opcode, payload) {
  const mask = randomBytes(4);
  const masked = Buffer.from(payload);
  for (let i = 0; i < masked.length; i++) masked[i] ^= mask[i & 3];
  return concat(Buffer.from([FINAL | opcode]), lengthOf(payload.length), mask, masked);
}

function lengthOf(length) {
  if (length < 126) return Buffer.from([MASKED | length]);
  if (length < 65536) return Buffer.from([MASKED | 126, length >> 8, length & 255]);
  return concat(Buffer.from([MASKED | 127]), u64(length));
}
