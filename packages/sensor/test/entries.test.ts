import { isSafeName, type Request, systemRandom } from '@spoor/core';
import { kindOf, NO_CAUSE, senseRequest } from '@spoor/detect/sense';
import { ownKeys } from '@spoor/edge/keys';
import fc from 'fast-check';
import { expect, test } from 'vitest';

/** What the ledger takes in a name: see `safeName`; one tilde may stand before it. */
const isLedgerText = (text: string): boolean => isSafeName(text.replace(/^~/, ''));

test('whatever a peer says, the names made of it are names that the ledger takes', () => {
  const context = { keys: ownKeys(), project: true, random: systemRandom, nowMs: 1 };
  const text = fc.oneof(
    fc.string(),
    fc.webUrl(),
    fc.constantFrom('demo+x://a', 'file:///ä', '', '~x', ':'),
  );
  const method = fc.constantFrom('tools/call', 'resources/read', 'prompts/get', 'odd method');
  fc.assert(
    fc.property(method, text, text, (called, name, uri) => {
      const request: Request = { kind: 'request', id: 1, method: called, params: { name, uri } };
      const sensed = senseRequest(request, kindOf(called) ?? 'system', 1, NO_CAUSE, context);
      const names = [sensed.method, sensed.tool, sensed.prompt, sensed.resource];
      for (const one of names) if (one !== undefined) expect(isLedgerText(one)).toBe(true);
    }),
  );
});
