import { systemRandom } from '@spoor/core';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { compileRules, createLabeler } from '../../src/index.ts';
import { Player } from '../../src/replay/player.ts';

const WIPES = `title: t
id: 00000000-0000-4000-8000-000000000001
name: wipes
description: d
level: high
logsource: { product: mcp }
detection:
  s: { request.text|re: 'rm\\s+-rf' }
  t: { result.text|contains: removed }
  condition: s or t
`;

verifies(
  'content:live',
  () => {
    const { rules } = compileRules([{ path: 'x.yml', text: WIPES }]);
    const nowMs = (): number => 1_700_000_000_000;
    const player = new Player({ rules, labeler: createLabeler([]), random: systemRandom, nowMs });
    const rulesAt = (cmd: string, text: string): readonly unknown[] => {
      const call = player.call('s', { server: 'sh', tool: 'run', args: { cmd } });
      const result = player.result('s', { text, failed: false });
      return [call, result].map((step) => step?.detections.map(({ rule }) => rule.id));
    };
    expect(rulesAt('ls', 'a b')).toEqual([[], []]);
    expect(rulesAt('rm   -rf x', 'ok')).toEqual([['wipes'], []]);
    expect(rulesAt('clean', 'All removed')).toEqual([[], ['wipes']]);
  },
  { case: 'in recorded sessions' },
);
