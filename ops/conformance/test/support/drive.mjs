// A session and a mesh with nothing between them but their frames' bytes, and whoever wants to alter a frame.
import { Device } from '../../lib/device.mjs';
import { Frame } from '../../lib/messages.mjs';
import { Session } from '../../lib/session.mjs';

const MOST_FRAMES = 1000;

/** Runs one connection until both sides have nothing to say. `alter` gets each frame of the mesh and gives what arrives. */
export function exchange(device, mesh, { alter = (frame) => [frame], now } = {}) {
  const session = new Session(device, { now: () => now ?? mesh.now, save() {} });
  const toMesh = session.start();
  for (let count = 0; toMesh.length; count++) {
    if (count > MOST_FRAMES) throw new Error('no end of it');
    const said = overTheWire(toMesh.shift());
    for (const answer of mesh.answer(said)) {
      for (const altered of alter(answer)) {
        const bytes = Frame.encode(altered);
        toMesh.push(...session.receive(Frame.decode(bytes), bytes.length));
      }
    }
  }
  return session;
}

const overTheWire = (frame) => Frame.decode(Frame.encode(frame));

export const joining = (link) => Device.joining(link);

/** Alters the frames of one name: `change` may alter the body in place or give another one. */
export const altering = (name, change) => (frame) => (frame[name] ? [{ [name]: change(frame[name]) ?? frame[name] }] : [frame]);
