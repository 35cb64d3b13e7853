import { LIMITS } from '@spoor/core';
import type { Era, Phase, Run } from '../evidence.ts';
import { type Downstream, startDownstream } from '../sink/downstream.ts';
import { type Exports, type Sink, startSink } from '../sink/sink.ts';
import { startBox } from './box.ts';
import type { Canaries } from './canary.ts';
import { CarrierMint } from './carriers.ts';
import { Conversation } from './conversation.ts';
import { Driver, sparedOf } from './drive.ts';
import { environmentFor } from './environment.ts';
import type { Link } from './link.ts';
import { toolsOf } from './listing.ts';
import { StdioLink } from './stdio.ts';
import type { Workspace } from './workspace.ts';

/** What all runs of one scan share. */
export interface Scene {
  readonly canaries: Canaries;
  readonly workspace: Workspace;
  readonly allowDestructive: boolean;
  readonly onProgress: (text: string) => void;
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

export interface StdioTarget {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A network of its own. */
  readonly isolated: boolean;
}

let ports = 0;

/** A server in a box, with its sink and its neighbour. */
export async function stdioStage(
  scene: Scene,
  target: StdioTarget,
  sampled: boolean,
): Promise<Stage> {
  const { workspace, canaries, secret } = scene;
  const run = ++ports;
  const { value } = canaries.mint('file-content', 'an answer of the neighbour');
  const at = (name: string): string | number =>
    target.isolated ? workspace.socket(`${name}${run}`) : 0;
  const sink = await startSink(at('sink'));
  const downstream = await startDownstream(at('down'), value);
  const [sinkPort, downPort] = target.isolated ? PORTS : [sink.port, downstream.port];
  const box = startBox({
    command: target.command.map((part) => part.replaceAll('{workspace}', workspace.files)),
    cwd: workspace.files,
    env: environmentFor({
      home: workspace.home,
      sinkUrl: `http://127.0.0.1:${sinkPort}`,
      sampled,
      own: target.env,
      secret,
    }),
    network: target.isolated
      ? { [sinkPort]: String(at('sink')), [downPort]: String(at('down')) }
      : undefined,
  });
  const link = new StdioLink(box);
  return {
    link,
    sink,
    downstream: { ...downstream, requests: downstream.requests, port: downPort },
    stderr: () => box.stderr,
    noise: () => link.noise,
    close: async () => {
      await box.end();
      await Promise.all([sink.close(), downstream.close()]);
    },
  };
}

/** In a network of its own, a server finds its sink and its neighbour where nobody else is. */
const PORTS: readonly [number, number] = [4318, 8080];

const NO_EXPORTS: Exports = {
  spans: [],
  texts: [],
  points: [],
  requests: {},
  unreadable: 0,
  cut: false,
};

export interface Ran {
  readonly run: Run;
  readonly server: Conversation['server'];
}

/** Undefined where the server does not speak this era. Closes the stage in any case. */
export async function runOn(
  stage: Stage,
  era: Era,
  purpose: Run['purpose'],
  scene: Scene,
): Promise<Ran | undefined> {
  const conversation = new Conversation(stage.link, era);
  try {
    if (!(await conversation.open(LIMITS.scanStartMs))) {
      const { contained } = stage.link;
      if (contained.length > 0) throw new Contained(contained);
      return undefined;
    }
    return await driven(stage, conversation, purpose, scene);
  } finally {
    await stage.close();
  }
}

/** The server had to be stopped before it had said anything. */
export class Contained extends Error {
  readonly contained: readonly string[];

  constructor(contained: readonly string[]) {
    super(contained.join(', '));
    this.contained = contained;
  }
}

async function driven(
  stage: Stage,
  conversation: Conversation,
  purpose: Run['purpose'],
  scene: Scene,
): Promise<Ran> {
  const { canaries, workspace, allowDestructive, onProgress } = scene;
  const { sink, downstream, link } = stage;
  const { era } = conversation;
  const tools = (await toolsOf(conversation)) ?? [];
  const driver = new Driver({
    conversation,
    around: {
      canaries,
      downstream: `http://127.0.0.1:${downstream.port}`,
      file: (token, origin) => workspace.file(token, origin),
    },
    carriers: new CarrierMint(canaries, `${era} ${purpose}`),
    sink,
    allowDestructive,
    until: Date.now() + LIMITS.scanRunMs,
    onProgress: (done, all) => onProgress(`${era}, ${purpose}: ${done} of ${all} calls`),
  });
  const phases: Phase[] = [];
  if (purpose === 'driven') {
    const others = await driver.others();
    const wanted = [...driver.callsFor(tools), driver.unknownMethod(), ...others];
    phases.push(await driver.phase('calls', wanted, 'sampled'));
    phases.push(await driver.phase('suppressed', driver.sampleFor(tools, SOME), 'unsampled'));
  } else {
    phases.push(await driver.phase('failing', driver.strange(MANY), 'none'));
    phases.push(await driver.phase('forced', driver.sampleFor(tools, MANY), 'sampled'));
  }
  const run: Run = {
    purpose,
    era,
    phases,
    exports: sink?.exports() ?? NO_EXPORTS,
    downstream: downstream.requests,
    heard: link.heard,
    stderr: stage.stderr(),
    noise: stage.noise(),
    tools,
    toolsAgain: await toolsOf(conversation),
    contained: link.contained,
    spared: sparedOf(tools, allowDestructive),
  };
  return { run, server: conversation.server };
}

/** Enough that a ratio of one in twenty is told from all and from none. */
const MANY = 40;
const SOME = 6;
