import { expect, vi } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import type { HubPort } from '../src/hubport.ts';
import { testHub, testRelay } from './support.ts';

const line = (message: object): Buffer => Buffer.from(`${JSON.stringify(message)}\n`);

verifies(
  'elicit:trust',
  async () => {
    const words: string[] = [];
    const person = Promise.withResolvers<boolean>();
    const hub = testHub({ mode: 'enforce', person: () => person.promise });
    const asking: HubPort = {
      ...hub,
      begin: (observation, sealed, onAsk, identity) => {
        const answer = (said: string): void => {
          words.push(said);
          person.resolve(said === 'approve');
        };
        const offering = (): void => onAsk?.({ case: 'c-bcdfghjkmn', answer });
        return hub.begin(observation, sealed, offering, identity);
      },
    };
    const { relay, toServer, toClient } = testRelay(asking);
    const params = { protocolVersion: '2025-11-25', capabilities: { elicitation: {} } };
    relay.fromClient(line({ jsonrpc: '2.0', id: 0, method: 'initialize', params }));
    const call = { name: 't', arguments: { to: 'bob' } };
    relay.fromClient(line({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call }));
    await vi.waitFor(() => expect(toClient()).toContain('elicitation/create'), 30_000);
    const id = /"id":"(spoor-[0-9a-f]{32})"/.exec(toClient())?.[1];
    const yes = { jsonrpc: '2.0', id, result: { action: 'accept', content: { approve: true } } };
    // The server never sees the id; and were it to guess it, nobody listens to it.
    expect(toServer()).not.toContain('spoor-');
    relay.fromServer(line(yes));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(words).toEqual([]);
    expect(toServer()).not.toContain('tools/call');
    relay.fromClient(line({ ...yes, id: 'spoor-0' }));
    expect(words).toEqual([]);
    relay.fromClient(line(yes));
    await vi.waitFor(() => expect(toServer()).toContain('tools/call'), 30_000);
    relay.fromClient(line({ ...yes, result: { action: 'decline' } }));
    expect(words).toEqual(['approve']);
  },
  { case: 'a server that answers itself, another id, a second answer' },
);
