import fc from 'fast-check';
import { expect } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import {
  formatPolicy,
  formatVerifierKey,
  formatWitnessKey,
  hasQuorum,
  parsePolicy,
  type WitnessPolicy,
} from '../../src/verify/index.ts';

const key = (n: number): string => formatWitnessKey(`w.example/${n}`, Buffer.alloc(32, n));
const log = formatVerifierKey('log.example/one', Buffer.alloc(32, 200));
const read = (text: string): ReturnType<typeof parsePolicy> => parsePolicy(Buffer.from(text));

function policyOf(text: string): WitnessPolicy {
  const parsed = read(text);
  if (parsed.status === 'invalid') throw new Error(`${parsed.line} ${parsed.why}`);
  return parsed.policy;
}

const FIVE = [1, 2, 3, 4, 5].map((n) => `witness w${n} ${key(n)}`).join('\n');

verifies(
  'witness:policy',
  () => {
    const text = `# Two of one house, any of the other\n\nlog ${log} https://log.example\n${FIVE}
\tgroup  x 2\tw1 w2 w3 \ngroup y any w4 w5\ngroup both all x y\nquorum both\n`;
    const policy = policyOf(text);
    expect(policy.logs).toMatchObject([{ verifierKey: log, url: 'https://log.example' }]);
    const meets = (...names: string[]): boolean => hasQuorum(policy, (one) => names.includes(one));
    expect(meets('w1', 'w2', 'w4')).toBe(true);
    expect(meets('w1', 'w2', 'w3')).toBe(false);
    expect(meets('w1', 'w4', 'w5')).toBe(false);
    // Names are bytes: equal letters of another alphabet are other names.
    const kelvin = read(`witness K ${key(1)}\nwitness \u212a ${key(2)}\nquorum \u212a\n`);
    expect(kelvin.status).toBe('ok');
  },
  { case: 'groups of groups' },
);

verifies(
  'witness:policy',
  () => {
    const text = `log ${log}\n${FIVE.replace(/$/gm, ' https://w.example')}
group x 2 w1 w2 w3\ngroup y any w4 w5\ngroup both all x y\nquorum both\n`;
    const told = formatPolicy(policyOf(text));
    expect(told).not.toContain('https://');
    const [policy, again] = [policyOf(text), policyOf(told)];
    for (let set = 0; set < 32; set++) {
      const agreed = (name: string): boolean => (set & (1 << (Number(name.slice(1)) - 1))) !== 0;
      expect(hasQuorum(again, agreed)).toBe(hasQuorum(policy, agreed));
    }
    expect(again.witnesses.map((one) => one.key)).toEqual(policy.witnesses.map((one) => one.key));
    expect(read(formatPolicy(policyOf('quorum none\n'))).status).toBe('ok');
  },
  { case: 'what is told of it means the same' },
);

const BAD: readonly string[] = [
  '',
  FIVE,
  `${FIVE}\nquorum w9\n`,
  `${FIVE}\nquorum w1\nquorum w2\n`,
  `${FIVE}\nquorum w1 w2\n`,
  `${FIVE}\ngroup g 6 w1 w2\nquorum g\n`,
  `${FIVE}\ngroup g 0 w1\nquorum g\n`,
  `${FIVE}\ngroup g 01 w1\nquorum g\n`,
  `${FIVE}\ngroup g any\nquorum g\n`,
  `${FIVE}\ngroup g any w1 w1\nquorum g\n`,
  `${FIVE}\ngroup g any w1\ngroup h any w1\nquorum h\n`,
  `${FIVE}\ngroup g any g\nquorum g\n`,
  `${FIVE}\ngroup w1 any w2\nquorum w1\n`,
  `${FIVE}\ngroup none any w2\nquorum none\n`,
  `${FIVE}\nwitness w6 ${key(1)}\nquorum w1\n`,
  `witness w1 ${log}\nquorum w1\n`,
  `witness w1 ${key(1).replace('+', '+0')}\nquorum w1\n`,
  `witness w1 ${key(1)} not-a-url\nquorum w1\n`,
  `log ${log}\nlog ${log}\n${FIVE}\nquorum w1\n`,
  `${FIVE}\nquorum w1\r\n`,
  `${FIVE}\nfoo bar\nquorum w1\n`,
];

verifies(
  'witness:policy',
  () => {
    for (const text of BAD) expect(read(text).status, text.slice(-60)).toBe('invalid');
    expect(read(`${FIVE}\nquorum none\n`).status).toBe('ok');
    // Any bytes give an answer.
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(['ok', 'invalid']).toContain(parsePolicy(bytes).status);
      }),
    );
  },
  { case: 'what is none is refused' },
);

verifies(
  'witness:policy',
  () => {
    const names = ['w1', 'w2', 'w3', 'w4', 'w5'];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.subarray(names), (needed, agreed) => {
        const policy = policyOf(`${FIVE}\ngroup g ${needed} ${names.join(' ')}\nquorum g\n`);
        expect(hasQuorum(policy, (name) => agreed.includes(name))).toBe(agreed.length >= needed);
      }),
    );
  },
  { case: 'so many of so many' },
);
