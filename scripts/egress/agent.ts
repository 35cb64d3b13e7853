/**
 * One agent: sends the messages that it gets as JSON on its standard input to an MCP endpoint, one
 * after the other. A process of its own, because a process is a session.
 */
import { text } from 'node:stream/consumers';
import type { Talk } from './hub.ts';

const { url, messages } = JSON.parse(await text(process.stdin)) as Talk;
const headers: Record<string, string> = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': '2025-06-18',
};
for (const message of messages) {
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(message) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  await answer.text();
}
