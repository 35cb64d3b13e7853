import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../src/styles/tokens.css', import.meta.url), 'utf8');
const TOKENS = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }] as const,
  ),
);
const THEMES = ['light', 'dark'] as const;

/** WCAG 2.2 relative luminance and contrast ratio. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function hue(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  const max = Math.max(r, g, b);
  const span = max - Math.min(r, g, b) || 1;
  const sector =
    max === r ? ((g - b) / span + 6) % 6 : max === g ? (b - r) / span + 2 : (r - g) / span + 4;
  return sector * 60;
}

const color = (name: string, theme: 'light' | 'dark'): string => {
  const token = TOKENS.get(name);
  if (token === undefined) throw new Error(`There is no token ${name}`);
  return token[theme];
};
const named = (prefix: string): readonly string[] =>
  [...TOKENS.keys()].filter((name) => name.startsWith(prefix));

const GROUNDS = ['bg', 'bg-sunken', 'bg-raised', 'bg-hover', 'bg-selected'];
const TEXTS = [
  'text',
  'text-muted',
  'text-faint',
  'accent',
  'ok',
  'warn',
  'bad',
  ...named('severity-'),
  ...named('decision-'),
];
/** Text on a ground of its own. */
const PAIRS = [
  ['bad', 'bad-bg'],
  ['text-muted', 'bad-bg'],
  ['warn', 'warn-bg'],
  ['ok', 'ok-bg'],
  ['text', 'match-bg'],
  ['on-accent', 'accent-fill'],
  ['bg', 'decision-block'],
  ['bg', 'severity-critical'],
  ['bg', 'severity-high'],
  ['bg', 'severity-medium'],
  ['bg', 'severity-low'],
  ['bg', 'severity-info'],
] as const;

describe.each(THEMES)('%s tokens', (theme) => {
  it.each(TEXTS)('%s can be read on every ground', (text) => {
    for (const ground of GROUNDS) {
      expect(contrast(color(text, theme), color(ground, theme)), ground).toBeGreaterThanOrEqual(
        4.5,
      );
    }
  });

  it.each(PAIRS)('%s can be read on %s', (text, ground) => {
    expect(contrast(color(text, theme), color(ground, theme))).toBeGreaterThanOrEqual(4.5);
  });

  it.each([...named('server-'), 'flow', 'line-strong'])('%s can be seen as a mark', (mark) => {
    for (const ground of ['bg', 'bg-sunken', 'bg-raised']) {
      expect(contrast(color(mark, theme), color(ground, theme)), ground).toBeGreaterThanOrEqual(3);
    }
  });

  it.each(named('server-'))('%s is no colour of severity', (server) => {
    const at = hue(color(server, theme));
    expect(at > 60 && at < 330).toBe(true);
  });
});

it('has twelve server colours, each its own', () => {
  const values = named('server-').map((name) => TOKENS.get(name)?.light);
  expect(new Set(values).size).toBe(12);
});

it('states every colour in both themes', () => {
  const loose = css.match(/^ +--[\w-]+: (?!light-dark)[^;]*#[0-9a-f]{3,8}/gim);
  expect(loose).toBeNull();
});
