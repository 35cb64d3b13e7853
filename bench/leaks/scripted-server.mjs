/** A server that says what it is asked to say, and writes down every line that it gets. */
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [log, script] = process.argv.slice(2);
const answers = JSON.parse(script);

const say = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

createInterface({ input: process.stdin }).on('line', (line) => {
  appendFileSync(log, `${line}\n`);
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || method === undefined) return;
  const answer = answers[`${method} ${params?.name ?? params?.uri ?? ''}`] ?? answers[method];
  for (const note of answer?.before ?? []) say(note);
  if (answer?.error === undefined) say({ id, result: answer?.result ?? {} });
  else say({ id, error: answer.error });
});
