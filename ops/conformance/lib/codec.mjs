// Section 13: how a Frame becomes a WebSocket message. One codec for each subprotocol; all else is the same.
import { check } from './errors.mjs';
import { Frame } from './messages.mjs';

const BINARY = {
  encode: (frame) => Frame.encode(frame),
  decode(message) {
    check(Buffer.isBuffer(message), 'a text message where frames are binary');
    return Frame.decode(message);
  },
};

export const CODECS = { 'sealift.v1': BINARY };
