import { describe, expect, test } from 'vitest';
import { textOf } from '../../demo/story.ts';
import { ERAS, refusalOf, withServer } from '../with-server.ts';

const LINK = /^Shared a\.txt: https:\/\/drive\.example\/s\/[0-9a-f-]{36}$/;

describe.each(ERAS)('drive over stdio, %s', (era) => {
  test('gives every share its own link', () =>
    withServer('drive', era, async (client) => {
      const share = { name: 'create_shareable_link', arguments: { name: 'a.txt', content: 'x' } };
      const [first, second] = [await client.callTool(share), await client.callTool(share)];
      expect(textOf(first)).toMatch(LINK);
      expect(textOf(second)).toMatch(LINK);
      expect(textOf(first)).not.toBe(textOf(second));
      expect(textOf(first)).toContain(Reflect.get(first.structuredContent ?? {}, 'link'));
    }));

  test('lists what was uploaded', () =>
    withServer('drive', era, async (client) => {
      const list = { name: 'list_files', arguments: {} };
      expect(textOf(await client.callTool(list))).toBe('The drive is empty.');
      const upload = { name: 'upload_file', arguments: { name: 'b.txt', content: 'four' } };
      const saved = textOf(await client.callTool(upload));
      const id = saved.replace('Saved b.txt as ', '');
      expect(textOf(await client.callTool(list))).toBe(`b.txt (4) ${id}`);
    }));

  test('refuses content over its limit', () =>
    withServer('drive', era, async (client) => {
      const args = { name: 'big', content: 'x'.repeat(200_001) };
      const call = client.callTool({ name: 'upload_file', arguments: args });
      expect(await refusalOf(call)).toContain('content');
    }));
});

test('says honestly which tools change something or reach the world', () =>
  withServer('drive', 'modern', async (client) => {
    const { tools } = await client.listTools();
    const hints = tools.map(({ name, annotations }) => [
      name,
      annotations?.readOnlyHint,
      annotations?.openWorldHint,
    ]);
    expect(hints).toEqual([
      ['create_shareable_link', false, true],
      ['list_files', true, false],
      ['upload_file', false, false],
    ]);
  }));
