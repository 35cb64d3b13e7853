import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Carrier,
  metaOf,
  parseMessage,
  type Sensed,
  systemClock,
  systemRandom,
} from '@spoor/core';
import { WireDecoder } from '@spoor/edge/codec';
import { locateHome } from '@spoor/edge/home';
import { onTestFinished } from 'vitest';
import { Boundary } from '../../packages/sensor/src/boundary.ts';
import { Relay } from '../../packages/sensor/src/relay.ts';
import { stdioTrust } from '../../packages/sensor/src/trust.ts';
import { bodyOf, gatewayTo, post, upstream } from '../../packages/sensor/test/gateway/support.ts';
import { testHub } from '../../packages/sensor/test/support.ts';
import type { Crossed, Setting, TRANSPORT_NAMES } from './expected.ts';

/** A transport that has a trust boundary. */
export interface TrustTransport {
  /** As `docs/trust.md` names it. */
  readonly name: (typeof TRANSPORT_NAMES)[number];
  /** Ready for calls, each with a carrier; closed when the test ends. */
  open(setting: Setting): Promise<(carrier: Carrier) => Promise<Crossed>>;
}

/** A `tools/call` on one line. */
const callWith = (carrier: Carrier, id: number): string => {
  const params = { name: 'lookup', arguments: {}, _meta: carrier };
  return `${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params })}\n`;
};

function carrierIn(bytes: Uint8Array): Carrier {
  const message = parseMessage({ kind: 'line', bytes });
  if (message.kind !== 'request') throw new Error('no request came out');
  return metaOf(message.params);
}

const stdio: TrustTransport = {
  name: 'the stdio wrapper',
  open: async (setting) => async (carrier) => {
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
    relay.fromClient(Buffer.from(callWith(carrier, 1)));
    await relay.clientEnded();
    const [told] = hub.begun;
    if (told === undefined) throw new Error('the hub was told nothing');
    return { got: carrierIn(Buffer.concat(sent)), told };
  },
};

/** Over HTTP, with what the gateway keeps for a hub that is not there. */
const gateway: TrustTransport = {
  name: 'the gateway',
  open: async (setting) => {
    const folder = mkdtempSync(join(tmpdir(), 'spoor-trust-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const home = locateHome({ SPOOR_HOME: folder });
    let body = '';
    const server = await upstream(async (request, response) => {
      body = await bodyOf(request);
      const { id } = JSON.parse(body) as { readonly id: number };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } }));
    });
    const trust = stdioTrust(setting);
    const { url } = await gatewayTo(server.url, { home, upstream: { trust } });
    let id = 0;
    return async (carrier) => {
      id += 1;
      await (await post(url, callWith(carrier, id))).text();
      return { got: carrierIn(Buffer.from(body)), told: await spooled(home.spool, String(id)) };
    };
  },
};

/** What stands in the spool of the call with this id. */
async function spooled(folder: string, requestId: string): Promise<Sensed> {
  for (let tries = 0; tries < 400; tries++) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    for (const name of files.filter((file) => file.endsWith('.spool'))) {
      for (const { json } of new WireDecoder().push(readFileSync(join(folder, name)))) {
        const { observation } = json as { readonly observation?: Sensed };
        if (observation?.requestId === requestId) return observation;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the hub was told nothing');
}

/** Each is tried with every row of the table. */
export const TRANSPORTS: readonly TrustTransport[] = [stdio, gateway];
