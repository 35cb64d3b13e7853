import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { CodedError } from '@spoor/core';
import { DYNAMIC_CHECKS } from './checks/all.ts';
import { resultOf } from './checks/check.ts';
import { type Era, type Evidence, type HttpFacts, LOOPBACK, type Run } from './evidence.ts';
import { canIsolate, noAnswer } from './probe/box.ts';
import { Canaries } from './probe/canary.ts';
import { HttpTarget } from './probe/http.ts';
import { probeHttp } from './probe/http-probes.ts';
import { type Ran, runOn } from './probe/run.ts';
import {
  type BoxedTarget,
  httpStages,
  type OpenStage,
  type Scene,
  stdioStages,
} from './probe/stages.ts';
import { Workspace } from './probe/workspace.ts';
import { type Report, reportOf } from './report/report.ts';
import { scanSource } from './source/scan-source.ts';

/** What is scanned. */
export type ScanTarget =
  /** A server to start; over stdio, or over HTTP where it says a URL. */
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly url?: URL }
  /** A server that runs. */
  | { readonly kind: 'url'; readonly url: URL }
  | { readonly kind: 'source'; readonly folder: string };

export interface ScanOptions {
  /** Version of the scanner, for the report. */
  readonly scanner: string;
  /** Call tools that destroy or pay. */
  readonly allowDestructive?: boolean;
  /** How long telemetry is waited for; as long as batches are held by default. */
  readonly exportMs?: number;
  /** Let the server use the network of this machine. */
  readonly network?: boolean;
  /** Variables that the server gets; those of its exporter are read and replaced. */
  readonly env?: Readonly<Record<string, string>>;
  /** Headers of requests to a URL, which may be credentials. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Digests of definitions by the name of the tool. */
  readonly lock?: ReadonlyMap<string, string>;
  readonly onProgress?: (text: string) => void;
}

/** What `scan` gives: the report, and the definitions for a lock file. */
export interface Scan {
  readonly report: Report;
  readonly tools: Run['tools'];
}

/** Throws SCAN_TARGET where there is nothing, and SCAN_NO_ANSWER where nothing answers. */
export async function scan(target: ScanTarget, options: ScanOptions): Promise<Scan> {
  return target.kind === 'source'
    ? scanFolder(target.folder, options)
    : scanServer(target, options);
}

async function scanFolder(folder: string, { scanner }: ScanOptions): Promise<Scan> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new CodedError('SCAN_TARGET', folder);
  const results = await scanSource(folder);
  const target = { kind: 'source', at: folder, protocols: [], tools: 0 } as const;
  return { report: reportOf({ scanner, target, results, notes: [] }), tools: [] };
}

type ServerTarget = Exclude<ScanTarget, { readonly kind: 'source' }>;

const NOTHING = (): void => {};

async function scanServer(target: ServerTarget, options: ScanOptions): Promise<Scan> {
  const canaries = new Canaries();
  const workspace = new Workspace(canaries);
  try {
    const scene: Scene = {
      canaries,
      workspace,
      allowDestructive: options.allowDestructive ?? false,
      exportMs: options.exportMs,
      onProgress: options.onProgress ?? NOTHING,
      secret: canaries.mint('environment', 'the variable SERVICE_API_KEY').value,
    };
    return await scanIn(scene, target, options);
  } finally {
    workspace.remove();
  }
}

const TELEMETRY = /^OTEL_/;

async function scanIn(scene: Scene, target: ServerTarget, options: ScanOptions): Promise<Scan> {
  const { env = {}, headers = {}, network = false } = options;
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !TELEMETRY.test(name)));
  const isStdio = target.kind === 'command' && target.url === undefined;
  const isolated = isStdio && !network && (await canIsolate());
  const started: BoxedTarget | undefined =
    target.kind === 'command'
      ? { command: target.command.map(fromHere), env: own, isolated }
      : undefined;
  const { url } = target;
  const open =
    url === undefined && started !== undefined
      ? stdioStages(scene, started)
      : httpStages(scene, { url: url as URL, headers, started });
  const ran = await runs(scene, open, target.kind === 'command');
  const http = url === undefined ? undefined : await httpFacts(open, url, headers, ran);
  const evidence: Evidence = {
    runs: ran.all.map(({ run }) => run),
    canaries: scene.canaries,
    sinkOffered: target.kind === 'command',
    server: {
      name: ran.all[0]?.server.name,
      version: ran.all[0]?.server.version,
      protocols: [...new Set(ran.all.map(({ server }) => server.protocol))].sort(),
    },
    http,
    exporter: Object.fromEntries(Object.entries(env).filter(([name]) => TELEMETRY.test(name))),
    lock: options.lock,
    vary: varying(scene, ran, own, headers),
  };
  const results = DYNAMIC_CHECKS.map((check) => resultOf(check, evidence));
  const report = reportOf({
    scanner: options.scanner,
    target: {
      kind: url === undefined ? 'stdio' : 'http',
      at: shownTarget(target),
      ...(evidence.server.name === undefined ? {} : { name: evidence.server.name }),
      ...(evidence.server.version === undefined ? {} : { version: evidence.server.version }),
      protocols: evidence.server.protocols,
      tools: evidence.runs[0]?.tools.length ?? 0,
    },
    results,
    notes: notesOf(evidence, isolated, target),
  });
  return { report, tools: evidence.runs[0]?.tools ?? [] };
}

/** A file that the command names from where we stand: the server starts elsewhere. */
const fromHere = (part: string): string =>
  /^[^-].*[\\/.]/.test(part) && existsSync(part) ? resolve(part) : part;

interface Runs {
  readonly all: readonly Ran[];
  readonly ports: readonly number[];
}

/** Each era that the server speaks, in a process of its own; then one that samples. */
async function runs(scene: Scene, open: OpenStage, canSample: boolean): Promise<Runs> {
  const all: Ran[] = [];
  const ports: number[] = [];
  const contained: string[] = [];
  let said = '';
  for (const era of ['legacy', 'modern'] as const) {
    scene.onProgress(`${era} era: starting`);
    const stage = await open(false, era);
    ports.push(stage.downstream.port);
    const ran = await runOn(stage, era, 'driven', scene);
    if ('run' in ran) all.push(ran);
    else {
      contained.push(...ran.contained);
      said ||= ran.stderr;
    }
  }
  const [first] = all;
  if (first === undefined) {
    if (contained.length > 0) return { all: [silenced(contained)], ports };
    throw noAnswer(lastWords(said));
  }
  const came = all.some(({ run }) => run.exports.spans.length > 0);
  if (canSample && came) {
    const { era } = first.run;
    const stage = await open(true, era);
    ports.push(stage.downstream.port);
    const ran = await runOn(stage, era, 'sampled', scene);
    if ('run' in ran) all.push(ran);
  }
  return { all, ports };
}

const SAID_CHARS_MAX = 200;

/** The line of standard error that says most. */
function lastWords(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const line = lines.find((one) => /error/i.test(one)) ?? lines.at(-1) ?? '';
  return line.slice(0, SAID_CHARS_MAX);
}

/** A server that had to be stopped before it answered is reported, not refused. */
const silenced = (contained: readonly string[]): Ran => ({
  run: {
    purpose: 'driven',
    era: 'legacy',
    phases: [],
    exports: { spans: [], texts: [], points: [], requests: {}, unreadable: 0, cut: false },
    downstream: [],
    heard: [],
    stderr: '',
    noise: [],
    contained,
    tools: [],
    toolsAgain: undefined,
    spared: [],
  },
  server: { protocol: '' },
  endpoint: undefined,
});

async function httpFacts(
  open: OpenStage,
  url: URL,
  headers: Readonly<Record<string, string>>,
  { all }: Runs,
): Promise<HttpFacts> {
  const isLoopback = LOOPBACK.test(url.hostname);
  const eras = all.map(({ run }) => run.era);
  const era: Era = eras.includes('modern') ? 'modern' : 'legacy';
  const endpoint = all.find((ran) => ran.endpoint !== undefined)?.endpoint;
  const stage = await open(false, era);
  const target = new HttpTarget(url);
  try {
    const probes = endpoint === undefined ? await probeHttp(target, era, headers, isLoopback) : [];
    const hasCredentials = Object.keys(headers).length > 0;
    return { url, isLoopback, hasCredentials, probes, endpoint };
  } finally {
    await target.close();
    await stage.close();
  }
}

function varying(
  { workspace }: Scene,
  { ports }: Runs,
  env: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Evidence['vary'] {
  const secrets = [...Object.values(env), ...Object.values(headers)].filter(
    (value) => value.length >= SECRET_CHARS_MIN,
  );
  return [
    ...secrets.map((value) => [value, '<not shown>'] as const),
    ...workspace.shown,
    ...[...new Set(ports)].map((port) => [`:${port}`, ':{port}'] as const),
  ];
}

/** Shorter values stand in too many texts by chance. */
const SECRET_CHARS_MIN = 6;

const shownTarget = (target: ServerTarget): string =>
  target.kind === 'command'
    ? target.command.map((part, at) => (at === 0 ? basename(part) : part)).join(' ')
    : target.url.origin + target.url.pathname;

function notesOf(
  { runs: all, server }: Evidence,
  isolated: boolean,
  target: ServerTarget,
): readonly string[] {
  const spared = [...new Set(all.flatMap((run) => run.spared))];
  const eras = [...new Set(all.map(({ era }) => era))];
  const cut = all.some(({ exports }) => exports.cut || exports.unreadable > 0);
  return [
    `Eras spoken: ${eras.join(', ')} (${server.protocols.join(', ')}).`,
    target.kind === 'command'
      ? `Network of the server: ${isolated ? 'none but the scanner' : 'that of this machine'}.`
      : 'The server was started by somebody else; its telemetry and standard error were not seen.',
    ...(spared.length === 0
      ? []
      : [`Not called, since they destroy or pay (--allow-destructive): ${spared.join(', ')}.`]),
    ...(cut ? ['Some telemetry could not be read or was too much to keep.'] : []),
  ];
}
