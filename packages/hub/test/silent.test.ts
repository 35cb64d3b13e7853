import { spawn } from 'node:child_process';
import type { Alert } from '@spoor/core';
import { type Hello, readToken } from '@spoor/edge';
import { expect, onTestFinished, test } from 'vitest';
import { verifies } from '../../../test/verifies.ts';
import { hello, sensed } from './support/build.ts';
import { startHub, type TestHub, until } from './support/hub.ts';
import { connectSensor } from './support/sensor.ts';

const AFTER_MS = 200;
/** Long enough to end a process meanwhile. */
const ENDED_MS = 1_500;
/** That, a tick of the hub, and some. */
const SURELY_MS = 4_000;

/** A process that goes on until the test ends. */
function host(): { readonly pid: number; readonly end: () => Promise<void> } {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(end);
  return { pid: child.pid ?? 0, end };
}

/** Begins a call and is gone. */
async function vanish(hub: TestHub, pid: number, kind: Hello['sensor']['kind']): Promise<void> {
  const sensor = await connectSensor(hub.home.socket);
  const process = { pid, start: '1' };
  const words = hello({ token: readToken(hub.home) ?? '' });
  sensor.send({
    ...words,
    sensor: { ...words.sensor, kind },
    host: { ...words.host, process, ancestors: [process] },
  });
  await sensor.next();
  sensor.send({ op: 'begin', id: 2, observation: sensed({ startMs: Date.now() }), sealed: [] });
  expect(await sensor.next()).toHaveProperty('ok.decision');
  sensor.socket.destroy();
  await sensor.closed;
}

const silent = (alerts: readonly Alert[]): readonly Alert[] =>
  alerts.filter(({ rule }) => rule.id === 'sensor-silent');

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

verifies('pack:sensor-silent', async () => {
  const hub = await startHub({ silentAfterMs: AFTER_MS });
  await vanish(hub, host().pid, 'wrapper');
  const alerts = await until(
    () => hub.alerts(),
    (all) => silent(all).length > 0,
  );
  expect(silent(alerts)[0]?.detection).toMatchObject({ group: { server: 'crm' } });
});

test('nothing is told where the host has ended too, or where a hook said its word', async () => {
  const hub = await startHub({ silentAfterMs: ENDED_MS });
  const ended = host();
  await vanish(hub, ended.pid, 'wrapper');
  await ended.end();
  await vanish(hub, host().pid, 'hook');
  await pause(SURELY_MS);
  expect(silent(await hub.alerts())).toEqual([]);
});
