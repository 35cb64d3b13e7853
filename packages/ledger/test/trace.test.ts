import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { verifies } from '../../../test/verifies.ts';

const WRITER = fileURLToPath(new URL('./traced-writer.ts', import.meta.url));
const ENTRIES = 200;
const CALLS = 'openat,write,pwrite64,fsync,fdatasync,close';

/** One call of the system, told when it returned, with the order in which calls began and ended. */
interface Call {
  readonly name: string;
  readonly arguments: string;
  readonly result: number;
  readonly began: number;
  readonly ended: number;
}

/** Calls of all threads; one that is interrupted in the trace stands in two lines of it. */
function readTrace(text: string): Call[] {
  const calls: Call[] = [];
  const unfinished = new Map<string, { name: string; head: string; began: number }>();
  for (const [at, line] of text.split('\n').entries()) {
    const [, pid = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const begun = unfinished.get(pid);
    const [, name = '', args = ''] = /^(\w+)\((.*)$/.exec(rest) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      unfinished.set(pid, { name, head: args, began: at });
      continue;
    }
    const whole = resumed && begun ? begun.head + resumed[1] : args;
    const result = Number(/\) += (-?\d+)[^=]*$/.exec(whole)?.[1] ?? Number.NaN);
    if (resumed && begun) {
      calls.push({ name: begun.name, arguments: whole, result, began: begun.began, ended: at });
    } else if (name !== '') {
      calls.push({ name, arguments: whole, result, began: at, ended: at });
    }
  }
  return calls;
}

const canTrace = (): boolean => spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

describe('the calls of the system', () => {
  verifies(
    'ledger:durable-first',
    (context) => {
      if (!canTrace()) return context.skip('SKIPPED: strace is not here, or may not trace');
      const folder = mkdtempSync(join(tmpdir(), 'spoor-trace-'));
      try {
        const trace = join(folder, 'trace');
        const writer = [process.execPath, WRITER, folder, String(ENTRIES)];
        const options = ['-f', '-s', '4096', '-e', `trace=${CALLS}`, '-o', trace];
        const { status } = spawnSync('strace', [...options, ...writer], { encoding: 'utf8' });
        expect(status).toBe(0);
        expectDurableFirst(readTrace(readFileSync(trace, 'utf8')));
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    { case: 'as strace sees it', timeoutMs: 60_000 },
  );
});

function expectDurableFirst(calls: readonly Call[]): void {
  const opened = calls.find(
    ({ name, arguments: text }) => name === 'openat' && text.includes('.wal"'),
  );
  expect(opened?.arguments).toContain('O_DSYNC');
  const file = `${opened?.result}, `;
  const writes = calls.filter(
    (call) => call.name === 'pwrite64' && call.arguments.startsWith(file) && call.result > 0,
  );
  const folders = calls.filter(({ name, result }) => name === 'fsync' && result === 0);
  let said = 0;
  for (const { name, arguments: text, began } of calls) {
    const n = /^1, "durable (\d+)\\n"/.exec(text)?.[1];
    if (name !== 'write' || n === undefined) continue;
    said++;
    const written = writes.find(({ arguments: bytes }) => bytes.includes(`{\\"n\\":${n}}`));
    expect(written?.ended, `entry ${n}`).toBeLessThan(began);
    if (said > 1) continue;
    // The name of the segment must be on disk as well, before the first word of it.
    const named = folders.find((call) => call.began > (written?.ended ?? 0) && call.ended < began);
    expect(named).toBeDefined();
  }
  expect(said).toBe(ENTRIES);
}
