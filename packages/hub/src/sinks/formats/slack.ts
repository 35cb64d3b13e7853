import { lineOf, type Notice, summaryOf } from '../notice.ts';
import type { SinkRequest } from '../sink.ts';

const STEPS_SHOWN = 8;
/** Source: Slack's block kit reference. */
const BLOCK_CHARS = 3_000;

/** An incoming webhook. All of it is plain text: names of tools mention nobody and link nowhere. */
export function slack({ alert }: Notice): SinkRequest {
  const summary = summaryOf(alert);
  const steps = summary.path
    .slice(-STEPS_SHOWN)
    .map(({ server, tool, step }, at) => `${at + 1}. ${[server, tool].join(' › ')}: ${step}`);
  const text = (value: string): object => ({
    type: 'plain_text',
    text: value.slice(0, BLOCK_CHARS),
    emoji: false,
  });
  const facts = [
    `Rule ${summary.rule}`,
    `session ${summary.session.slice(-8)}`,
    ...(summary.identity === undefined ? [] : [summary.identity]),
    ...(summary.case === undefined ? [] : [`spoor why ${summary.case}`]),
  ];
  const body = {
    // What notices show; Slack reads marks in it, so that these are taken out.
    text: escaped(lineOf(summary)),
    blocks: [
      { type: 'section', text: text(lineOf(summary)) },
      ...(steps.length === 0 ? [] : [{ type: 'section', text: text(steps.join('\n')) }]),
      { type: 'context', elements: [text(facts.join(' · '))] },
    ],
  };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
