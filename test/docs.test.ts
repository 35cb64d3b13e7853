import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ROOT } from './repository.ts';

test('generated references say what the sources say', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['scripts/docs.ts', '--check'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout.trim()).toBe('docs: up to date');
});
