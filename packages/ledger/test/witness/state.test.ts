import { expect, test } from 'vitest';
import { parseWitnessKey } from '../../src/verify/key.ts';
import { FileState } from '../../src/witness/index.ts';
import { MemoryDisk } from '../memory-disk.ts';
import { entries, Tree } from './logs.ts';
import { ask, log, NAME, ORIGIN, PATH, reopen, send, start } from './started.ts';

const tree = new Tree(entries(40));

test('lines of strangers do not come back from the disk', async () => {
  const { witness, disk, key } = await start();
  const id = Buffer.alloc(4);
  id.writeUInt32BE(parseWitnessKey(key)?.keyId ?? 0);
  const forged = Buffer.concat([id, Buffer.alloc(72)]).toString('base64');
  const note = `${tree.note(log, ORIGIN, 5)}\u2014 ${NAME} ${forged}\n`;
  expect(await send(witness, `old 0\n\n${note}`)).toMatchObject({ status: 200 });
  const again = await reopen(disk.crash());
  expect((await ask(again.witness, tree, 5, 6)).status).toBe(200);
});

test('a state that is lost or was changed is refused', async () => {
  const { witness, disk, key } = await start();
  await ask(witness, tree, 0, 10);
  const text = Buffer.from((await disk.read(PATH)) ?? []).toString();
  const opened = async (changed: string | undefined): Promise<unknown> => {
    const copy = new MemoryDisk();
    await copy.makeFolder('/witness');
    if (changed !== undefined) await (await copy.open(PATH)).write(Buffer.from(changed), 0);
    return FileState.open(copy, PATH, key);
  };
  const resized = text.replace('\\n10\\n', '\\n11\\n');
  expect(resized).not.toBe(text);
  for (const changed of [undefined, '', '{}', resized, '{"v":1,"notes":["x"]}'])
    await expect(opened(changed)).rejects.toMatchObject({ code: 'WITNESS_STATE' });
  await expect(opened(text)).resolves.toBeDefined();
});
