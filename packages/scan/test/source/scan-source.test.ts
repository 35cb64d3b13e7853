import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import type { CheckResult } from '../../src/finding.ts';
import { scanSource } from '../../src/source/scan-source.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'spoor-source-'));
  folders.push(root);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return root;
}

const resultOf = (results: readonly CheckResult[], id: string): CheckResult => {
  const result = results.find(({ check }) => check.id === id);
  if (result === undefined) throw new Error(`no check ${id}`);
  return result;
};

const placesOf = (result: CheckResult): readonly string[] =>
  result.status === 'failed' ? result.findings.map(({ where }) => where) : [];

const LEAK = `import { trace } from '@opentelemetry/api';
server.registerTool('a', { inputSchema: s }, async (args) => {
  trace.getActiveSpan()?.setAttribute('args', JSON.stringify(args));
  return { content: [] };
});
`;
const CALM = LEAK.replace('JSON.stringify(args)', 'Object.keys(args)');

/** Each line is nine of the one before. */
const YAML_BOMB = `OTEL_: &a [x]\n${[...'bcdefghijk']
  .map((name, index) => `${name}: &${name} [${`*${'abcdefghijk'[index]},`.repeat(9)}]`)
  .join('\n')}`;

/** Two hundred characters that keep the parser busy for minutes. */
const BOMB = 'f<(a=(b)=>'.repeat(20);

verifies(
  'scan:source-contained',
  async () => {
    const root = await folderOf({
      'leak.ts': LEAK,
      'bomb.ts': BOMB,
      'deep.ts': `${'('.repeat(200_000)}1${')'.repeat(200_000)}`,
      'long.ts': `x = 'a'${" + 'a'".repeat(50_000)};`,
      'chain.ts': `x${'.map((y) => y)'.repeat(5_000)};`,
      'bomb.yaml': YAML_BOMB,
      'deep.yaml': `OTEL_X: ${'['.repeat(10_000)}`,
      'runs.ts': 'process.exit(7); throw new Error("executed");',
    });
    const results = await scanSource(root, { fileMs: 3_000 });
    expect(placesOf(resultOf(results, 'source-span-values'))).toEqual(['leak.ts:3:3']);
    const unread = placesOf(resultOf(results, 'source-unread'));
    for (const path of ['bomb.ts', 'deep.ts']) expect(unread).toContain(path);
    expect(unread).not.toContain('leak.ts');
    expect(unread).not.toContain('runs.ts');
  },
  { timeoutMs: 60_000 },
);

verifies(
  'scan:source-contained',
  async () => {
    const bombs = Object.fromEntries(
      Array.from({ length: 7 }, (_, index) => [`bomb${index}.ts`, BOMB] as const),
    );
    const results = await scanSource(await folderOf({ ...bombs, 'leak.ts': LEAK }), {
      fileMs: 300,
    });
    expect(placesOf(resultOf(results, 'source-unread'))).toContain('leak.ts');
    expect(resultOf(results, 'source-span-values').status).toBe('not-tested');
  },
  { case: 'too many of them', timeoutMs: 60_000 },
);

verifies('scan:source-unread', async () => {
  const calm = await scanSource(await folderOf({ 'server.ts': CALM }));
  expect(resultOf(calm, 'source-span-values').status).toBe('passed');
  expect(resultOf(calm, 'source-unread').status).toBe('passed');

  const root = await folderOf({
    'server.ts': CALM,
    'large.ts': `// ${'x'.repeat(1_100_000)}`,
    'binary.ts': new Uint8Array([0xff, 0xfe, 0x00, 0x80]),
    'node_modules/other/index.ts': LEAK,
  });
  const outside = await folderOf({ 'secret.ts': LEAK });
  await symlink(join(outside, 'secret.ts'), join(root, 'link.ts'));
  await symlink(outside, join(root, 'linked'));
  await symlink('.', join(root, 'round'));
  const results = await scanSource(root);
  const unread = placesOf(resultOf(results, 'source-unread'));
  expect([...unread].sort()).toEqual(['binary.ts', 'large.ts', 'link.ts', 'linked', 'round']);
  const result = resultOf(results, 'source-span-values');
  expect(result.status).toBe('not-tested');
});

test('a folder that is not there passes nothing', async () => {
  const results = await scanSource('/no/such/folder');
  expect(results.filter(({ status }) => status === 'passed').map(({ check }) => check.id)).toEqual([
    'source-suppressed',
  ]);
  expect(placesOf(resultOf(results, 'source-unread'))).toEqual(['.']);
});

test.skipIf(process.getuid?.() === 0)('a file without permission is not looked at', async () => {
  const root = await folderOf({ 'server.ts': LEAK });
  await chmod(join(root, 'server.ts'), 0);
  const results = await scanSource(root);
  expect(placesOf(resultOf(results, 'source-unread'))).toEqual(['server.ts']);
});

verifies('scan:source-masked', async () => {
  const key = '9f2c4e1ab07d4c5599aa';
  const root = await folderOf({
    'a.ts': `const e = new OTLPTraceExporter({ headers: { authorization: 'Bearer ${key}' } });`,
    'b.ts': `const e = new OTLPTraceExporter({ url: 'http://user:${key}@collector.example:4318' });`,
    'c.ts': `const e = new OTLPTraceExporter({ headers: { 'x-api-key': '${key}' } });`,
    'deploy.env': `OTEL_EXPORTER_OTLP_HEADERS=x-team=${key}\nOTEL_RESOURCE_ATTRIBUTES=api_key=${key}\n`,
    'collector.yaml': `receivers: {}\nexporters:\n  otlphttp:\n    headers:\n      x-api-key: ${key}\nservice: {}\n`,
  });
  const results = await scanSource(root);
  const places = placesOf(resultOf(results, 'source-export-credentials'));
  expect(places.map((place) => place.split(':')[0])).toEqual([
    'a.ts',
    'b.ts',
    'c.ts',
    'collector.yaml',
    'deploy.env',
  ]);
  expect(JSON.stringify(results)).not.toContain(key);
});

verifies('scan:source-suppressed', async () => {
  const before = (comment: string): string =>
    LEAK.replace('  trace.getActive', `  ${comment}\n  trace.getActive`);
  const root = await folderOf({
    'reasoned.ts': before('// spoor-ignore source-span-values: a test server with made-up data'),
    'bare.ts': before('// spoor-ignore source-span-values'),
    'other.ts': before('// spoor-ignore source-log-values: another check'),
  });
  const results = await scanSource(root);
  expect(placesOf(resultOf(results, 'source-span-values'))).toEqual([
    'bare.ts:4:3',
    'other.ts:4:3',
  ]);
  const aside = resultOf(results, 'source-suppressed');
  expect(aside.status === 'failed' ? aside.findings.map(({ what }) => what) : []).toEqual([
    'source-span-values: a test server with made-up data',
  ]);
});

test('the same tree gives the same results', async () => {
  const root = await folderOf({ 'z.ts': LEAK, 'a/b.ts': LEAK, 'a/c.ts': CALM });
  expect(await scanSource(root)).toEqual(await scanSource(root));
});

test('a published package is read in what was built, and in one of its forms', async () => {
  const root = await folderOf({
    'package.json': '{}',
    'build/esm/index.js': LEAK,
    'build/src/index.js': LEAK,
    'build/src/index.d.ts': 'export {};',
  });
  const results = await scanSource(root);
  expect(placesOf(resultOf(results, 'source-span-values'))).toEqual(['build/src/index.js:3:3']);
});
