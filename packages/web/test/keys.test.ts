import { describe, expect, it } from 'vitest';
import { KEY_ROWS, KeyReader, keyHint, SEQUENCE_MS } from '../src/keys.ts';
import { SCREENS } from '../src/shell/screens.ts';

const press = (key: string, more: Partial<KeyboardEvent> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

describe('KEY_ROWS', () => {
  it('gives no key two meanings', () => {
    const keys = KEY_ROWS.flatMap((row) => row.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('starts no sequence with a key that acts by itself', () => {
    const keys = KEY_ROWS.flatMap((row) => row.keys);
    const starts = keys.filter((key) => key.includes(' ')).map((key) => key.split(' ')[0]);
    for (const start of starts) expect(keys).not.toContain(start);
  });

  it('reaches every screen', () => {
    const actions = KEY_ROWS.map((row) => row.action);
    for (const screen of SCREENS) expect(actions).toContain(screen.action);
  });
});

describe('KeyReader', () => {
  it('finds the action of every key in the table', () => {
    for (const row of KEY_ROWS) {
      for (const keys of row.keys) {
        const reader = new KeyReader();
        const made = keys.split(' ').map((key) => {
          const parts = key.split('+');
          const modified = { ctrlKey: parts[0] === 'Ctrl', metaKey: parts[0] === 'Meta' };
          return reader.press(press(parts.at(-1) ?? '', modified), 0);
        });
        expect(made.at(-1), keys).toBe(row.action);
      }
    }
  });

  it('forgets the start of a sequence after a while', () => {
    const reader = new KeyReader();
    reader.press(press('g'), 0);
    expect(reader.press(press('a'), SEQUENCE_MS + 1)).toBeUndefined();
  });

  it('does not take g g for a second start of the same sequence', () => {
    const reader = new KeyReader();
    reader.press(press('g'), 0);
    expect(reader.press(press('g'), 1)).toBeUndefined();
    expect(reader.press(press('e'), 2)).toBe('alert.acknowledge');
  });

  it('leaves keys with other modifiers to the browser', () => {
    expect(new KeyReader().press(press('e', { ctrlKey: true }), 0)).toBeUndefined();
    expect(new KeyReader().press(press('d', { metaKey: true }), 0)).toBeUndefined();
    expect(new KeyReader().press(press('p', { altKey: true }), 0)).toBeUndefined();
  });
});

it('names the first key of an action', () => {
  expect(keyHint('go.alerts')).toBe(' (g a)');
  expect(keyHint('nothing')).toBe('');
});
