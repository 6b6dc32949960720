// A session on a socket, and again after it was lost, until everything is held and acknowledged.
import { CODECS } from './codec.mjs';
import { Failure } from './errors.mjs';
import { Session } from './session.mjs';
import { connect } from './websocket.mjs';

const FIRST_WAIT_MILLIS = 200;
const LONGEST_WAIT_MILLIS = 30_000;

const RETRIED = new Set([
  'unreachable', 'connection_lost', 'try_again', 'go_away', 'read_own_chain', 'clock_ahead', 'made_again',
  'unspecified', 'too_fast', 'busy', 'unavailable', 'authentication_timeout', 'slow_reader',
  'too_many_connections',
]);

/** Exchanges with the mesh until nothing is left to send or to fetch; throws what stops it. */
export async function sync(device, { save, subprotocol, timeoutMillis }) {
  const deadline = Date.now() + timeoutMillis;
  for (let wait = FIRST_WAIT_MILLIS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MILLIS)) {
    try {
      await exchange(device, { save, subprotocol, deadline });
      return;
    } catch (error) {
      // Above what the mesh asks for, and spread over half as much again: all that were refused at once were told the same.
      const asked = error.retryAfterMillis ?? 0;
      const pause = asked + Math.random() * Math.max(wait, asked / 2);
      if (!RETRIED.has(error.code) || Date.now() + pause > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** One connection. */
export async function exchange(device, { save, subprotocol, deadline }) {
  const codec = CODECS[subprotocol];
  const session = new Session(device, { now: Date.now, save });
  let connection;
  let timer;
  try {
    await new Promise((resolve, reject) => {
      const late = () => reject(new Failure('timeout', 'not done in time'));
      timer = setTimeout(late, Math.max(0, deadline - Date.now()));
      const send = (frames) => frames.forEach((frame) => connection.send(codec.encode(frame)));
      const onMessage = (message) => {
        try {
          send(session.receive(codec.decode(message), Buffer.byteLength(message)));
          if (session.finished) resolve();
        } catch (error) {
          reject(error);
        }
      };
      const onClose = ({ error }) => reject(error ?? new Failure('connection_lost', 'the connection was lost'));
      connect(device.mesh, subprotocol, { maxBytes: codec.maxBytes, onMessage, onClose }).then((it) => {
        connection = it;
        send(session.start());
      }, reject);
    });
  } finally {
    clearTimeout(timer);
    connection?.close();
  }
}
