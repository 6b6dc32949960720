// Section 13: how a Frame becomes a WebSocket message. One codec for each subprotocol; all else is the same.
import { check } from './errors.mjs';
import { MAX_FRAME_BYTES, MAX_JSON_FRAME_BYTES } from './limits.mjs';
import { Frame } from './messages.mjs';
import { fromJson, toJson } from './protojson.mjs';

const BINARY = {
  maxBytes: MAX_FRAME_BYTES,
  encode: (frame) => Frame.encode(frame),
  decode(message) {
    check(Buffer.isBuffer(message), 'a text message where frames are binary');
    return Frame.decode(message);
  },
};

const JSON_TEXT = {
  maxBytes: MAX_JSON_FRAME_BYTES,
  encode: (frame) => JSON.stringify(toJson(Frame, frame)),
  decode(message) {
    check(typeof message === 'string', 'a binary message where frames are text');
    return fromJson(Frame, parse(message));
  },
};

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return check(false, 'not JSON');
  }
}

export const CODECS = { 'sealift.v1': BINARY, 'sealift.v1.json': JSON_TEXT };
