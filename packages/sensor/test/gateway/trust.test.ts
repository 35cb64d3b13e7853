import type { IncomingHttpHeaders } from 'node:http';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { stdioTrust } from '../../src/trust.ts';
import { bodyOf, call, gatewayTo, open, textOf, upstream } from './support.ts';

const OURS = '00-11111111111111111111111111111111-2222222222222222-01';
const THEIRS = '00-33333333333333333333333333333333-4444444444444444-01';

interface Seen {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * A call with trace context in every place, to a server that answers with its own in every place.
 */
async function through(policy: 'continue' | 'restart-link' | 'drop', answerAs: 'json' | 'sse') {
  let seen: Seen = { headers: {}, body: '' };
  const { url } = await upstream(async (request, response) => {
    seen = { headers: request.headers, body: await bodyOf(request) };
    const answer = `{"jsonrpc":"2.0","id":1,"result":{"_meta":{"traceparent":"${THEIRS}"},"content":[]}}`;
    const sse = answerAs === 'sse';
    const body = sse ? `id: 9\ndata: ${answer}\n\n` : answer;
    response.writeHead(200, {
      'content-type': sse ? 'text/event-stream' : 'application/json',
      'content-length': Buffer.byteLength(body),
      traceresponse: THEIRS,
      baggage: 'theirs=1',
    });
    response.end(body);
  });
  const trust = stdioTrust({ client: policy, server: policy, baggage: 'keep app.tenant' });
  const gateway = await gatewayTo(url, { upstream: { trust } });
  const response = await open(gateway.url, {
    method: 'POST',
    headers: {
      traceparent: OURS,
      tracestate: 'a=1',
      baggage: 'app.tenant=t,secret=s',
      'x-b3-traceid': '11111111111111111111111111111111',
    },
    body: call(1, 'read', { _meta: { traceparent: OURS, tracestate: 'a=1', baggage: 'secret=s' } }),
  });
  return { seen, response, text: await textOf(response) };
}

for (const answerAs of ['json', 'sse'] as const) {
  verifies(
    'gateway:trust',
    async () => {
      for (const policy of ['restart-link', 'drop'] as const) {
        const { seen, response, text } = await through(policy, answerAs);
        expect(JSON.stringify(seen)).not.toMatch(/1111111111|222222222|secret|"a=1"/);
        expect(seen.headers.baggage).toBe('app.tenant=t');
        const sent = /"traceparent":"([^"]+)"/.exec(seen.body)?.[1];
        // What stands there instead is the same in both places, and can be mapped by us alone.
        expect(seen.headers.traceparent).toBe(sent);
        expect(sent === undefined).toBe(policy === 'drop');
        expect(text + JSON.stringify(response.rawHeaders)).not.toMatch(/3333333|4444444|theirs/);
        expect(text).toContain('"content":[]');
        if (answerAs === 'sse') expect(text).toMatch(/^id: 9\n/);
      }
    },
    { case: `to and from an untrusted server, ${answerAs}` },
  );

  verifies(
    'gateway:trust',
    async () => {
      const { seen, response, text } = await through('continue', answerAs);
      expect(seen.headers).toMatchObject({ traceparent: OURS, tracestate: 'a=1' });
      expect(seen.body).toContain(OURS);
      expect(JSON.stringify(seen)).not.toContain('secret');
      expect(text).toContain(THEIRS);
      expect(response.headers.traceresponse).toBe(THEIRS);
    },
    { case: `between trusted peers, ${answerAs}` },
  );
}
