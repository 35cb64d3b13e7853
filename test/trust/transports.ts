import { metaOf, parseMessage, systemClock, systemRandom } from '@spoor/core';
import { Boundary } from '../../packages/sensor/src/boundary.ts';
import { Relay } from '../../packages/sensor/src/relay.ts';
import { stdioTrust } from '../../packages/sensor/src/trust.ts';
import { testHub } from '../../packages/sensor/test/support.ts';
import type { TrustTransport } from './expected.ts';

const stdio: TrustTransport = {
  name: 'stdio wrapper',
  cross: async (carrier, setting) => {
    const hub = testHub();
    const sent: Uint8Array[] = [];
    const relay = new Relay({
      toServer: (bytes) => sent.push(bytes),
      toClient: () => undefined,
      hub,
      clock: systemClock,
      random: systemRandom,
      boundary: new Boundary(stdioTrust(setting), systemRandom),
    });
    const params = { name: 'lookup', arguments: {}, _meta: carrier };
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
    relay.fromClient(Buffer.from(`${JSON.stringify(call)}\n`));
    await relay.clientEnded();
    const message = parseMessage({ kind: 'line', bytes: Buffer.concat(sent) });
    if (message.kind !== 'request') throw new Error('no request came out');
    const told = hub.begun[0];
    if (told === undefined) throw new Error('the hub was told nothing');
    return { got: metaOf(message.params), told };
  },
};

/** Each is tried with every row of the table. */
export const TRANSPORTS: readonly TrustTransport[] = [stdio];
