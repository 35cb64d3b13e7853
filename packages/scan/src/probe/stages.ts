import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS } from '@spoor/core';
import type { Era } from '../evidence.ts';
import { type Downstream, startDownstream } from '../sink/downstream.ts';
import { type Sink, startSink } from '../sink/sink.ts';
import { type Box, noAnswer, startBox } from './box.ts';
import type { Canaries } from './canary.ts';
import { environmentFor } from './environment.ts';
import { HttpLink, HttpTarget } from './http.ts';
import type { Link } from './link.ts';
import { SseLink } from './sse.ts';
import { StdioLink } from './stdio.ts';
import type { Workspace } from './workspace.ts';

/** What all runs of one scan share. */
export interface Scene {
  readonly canaries: Canaries;
  readonly workspace: Workspace;
  readonly allowDestructive: boolean;
  readonly exportMs: number | undefined;
  readonly onProgress: (text: string) => void;
  /** Value of a variable like those that hold credentials. */
  readonly secret: string;
}

/** A connection that is open, and what stands around the server. */
export interface Stage {
  readonly link: Link;
  readonly sink: Sink | undefined;
  readonly downstream: Downstream;
  readonly stderr: () => string | undefined;
  readonly noise: () => readonly string[];
  close(): Promise<void>;
}

/** Makes a stage for one run. Throws SCAN_NO_ANSWER. */
export type OpenStage = (sampled: boolean, era: Era) => Promise<Stage>;

export interface BoxedTarget {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A network of its own. */
  readonly isolated: boolean;
}

/** In a network of its own, a server finds its sink and its neighbour where nobody else is. */
const PORTS: readonly [sink: number, downstream: number] = [4318, 8080];

interface Surroundings {
  readonly box: Box;
  readonly sink: Sink;
  readonly downstream: Downstream;
  close(): Promise<void>;
}

let runs = 0;

/** A server in a box, with its sink and its neighbour. */
async function surround(
  { workspace, canaries, secret }: Scene,
  { command, env, isolated }: BoxedTarget,
  sampled: boolean,
): Promise<Surroundings> {
  const run = ++runs;
  const at = (name: string): string | number => (isolated ? workspace.socket(`${name}${run}`) : 0);
  const { value } = canaries.mint('file-content', 'an answer of the neighbour');
  const sink = await startSink(at('sink'));
  const neighbour = await startDownstream(at('down'), value);
  const [sinkPort, downPort] = isolated ? PORTS : [sink.port, neighbour.port];
  const box = startBox({
    command: command.map((part) => part.replaceAll('{workspace}', workspace.files)),
    cwd: workspace.files,
    env: environmentFor({
      home: workspace.home,
      sinkUrl: `http://127.0.0.1:${sinkPort}`,
      sampled,
      own: env,
      secret,
    }),
    network: isolated
      ? { [sinkPort]: String(at('sink')), [downPort]: String(at('down')) }
      : undefined,
  });
  const downstream = { ...neighbour, port: downPort };
  const close = async (): Promise<void> => {
    await box.end();
    await Promise.all([sink.close(), neighbour.close()]);
  };
  return { box, sink, downstream, close };
}

export const stdioStages =
  (scene: Scene, target: BoxedTarget): OpenStage =>
  async (sampled) => {
    const { box, ...rest } = await surround(scene, target, sampled);
    const link = new StdioLink(box);
    return { ...rest, link, stderr: () => box.stderr, noise: () => link.noise };
  };

export interface HttpStages {
  readonly url: URL;
  /** Of the owner, for each request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined for a server that somebody else has started. */
  readonly started: BoxedTarget | undefined;
}

const KNOCK_MS = 150;

/** A server at a URL, started here or not. */
export const httpStages =
  (scene: Scene, { url, headers, started }: HttpStages): OpenStage =>
  async (sampled, era) => {
    const around =
      started === undefined
        ? { downstream: await startDownstream(0, 'neighbour') }
        : await surround(scene, { ...started, isolated: false }, sampled);
    const box = 'box' in around ? around.box : undefined;
    const target = new HttpTarget(url);
    const close = async (): Promise<void> => {
      await target.close();
      await ('close' in around ? around.close() : around.downstream.close());
    };
    try {
      if (box !== undefined) await untilListening(target, box);
      const link = await linkTo(target, headers, era);
      return {
        link,
        sink: 'sink' in around ? around.sink : undefined,
        downstream: around.downstream,
        stderr: () => box?.stderr,
        noise: () => [],
        close,
      };
    } catch (error) {
      await close();
      throw error;
    }
  };

/** A path that ends as the old transport's do is tried as such, in the old era alone. */
async function linkTo(
  target: HttpTarget,
  headers: Readonly<Record<string, string>>,
  era: Era,
): Promise<Link> {
  if (era === 'modern' || !/\/sse\/?$/.test(target.url.pathname))
    return new HttpLink(target, headers);
  const link = new SseLink(target, headers);
  if (await link.open()) return link;
  throw noAnswer(target.url.host);
}

async function untilListening(target: HttpTarget, box: Box): Promise<void> {
  const late = Date.now() + LIMITS.scanStartMs;
  while (Date.now() < late && !box.hasEnded) {
    const timeoutMs = 1_000;
    const end = await target.exchange({ method: 'OPTIONS', path: '/', headers: {}, timeoutMs });
    if (end.status !== 'failed' || end.why !== 'unreachable') return;
    await sleep(KNOCK_MS);
  }
  const said = box.stderr.trim().split('\n').at(-1) ?? '';
  throw noAnswer(`nothing listens at ${target.url.host} ${said}`.trim());
}
