import { LIMITS } from '@spoor/core';
import type { Era, Phase, Run } from '../evidence.ts';
import type { Exports } from '../sink/sink.ts';
import { CarrierMint } from './carriers.ts';
import { Conversation } from './conversation.ts';
import { Driver, sparedOf } from './drive.ts';
import { toolsOf } from './listing.ts';
import { SseLink } from './sse.ts';
import type { Scene, Stage } from './stages.ts';

export interface Ran {
  readonly run: Run;
  readonly server: Conversation['server'];
  /** Of the old transport: where messages are to be sent. */
  readonly endpoint: string | undefined;
}

const NO_EXPORTS: Exports = {
  spans: [],
  texts: [],
  points: [],
  requests: {},
  unreadable: 0,
  cut: false,
};

/** What became of a server that does not speak an era, or had to be stopped before it did. */
export interface Silent {
  readonly contained: readonly string[];
  readonly stderr: string;
}

/** Closes the stage in any case. */
export async function runOn(
  stage: Stage,
  era: Era,
  purpose: Run['purpose'],
  scene: Scene,
): Promise<Ran | Silent> {
  const conversation = new Conversation(stage.link, era);
  try {
    if (!(await conversation.open(LIMITS.scanStartMs)))
      return { contained: stage.link.contained, stderr: stage.stderr() ?? '' };
    const run = await driven(stage, conversation, purpose, scene);
    const endpoint = stage.link instanceof SseLink ? stage.link.endpoint : undefined;
    return { run, server: conversation.server, endpoint };
  } finally {
    await stage.close();
  }
}

async function driven(
  stage: Stage,
  conversation: Conversation,
  purpose: Run['purpose'],
  scene: Scene,
): Promise<Run> {
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
    exportMs: scene.exportMs,
    until: Date.now() + LIMITS.scanRunMs,
    onProgress: (done, all) => onProgress(`${era} era, ${purpose}: call ${done + 1} of ${all}`),
  });
  const phases: Phase[] = [];
  if (purpose === 'driven') {
    const wanted = [...driver.callsFor(tools), driver.unknownMethod(), ...(await driver.others())];
    phases.push(await driver.phase('calls', wanted, 'sampled'));
    phases.push(await driver.phase('suppressed', driver.sampleFor(tools, SOME), 'unsampled'));
  } else {
    phases.push(await driver.phase('failing', driver.strange(MANY), 'none'));
    phases.push(await driver.phase('forced', driver.sampleFor(tools, MANY), 'sampled'));
  }
  return {
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
}

/** Enough that a ratio of one in twenty is told from all and from none. */
const MANY = 40;
const SOME = 6;
