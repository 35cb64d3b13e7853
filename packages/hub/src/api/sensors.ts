import { CodedError, LIMITS } from '@spoor/core';
import { isSensorName } from '@spoor/edge';
import type { Context, Hono } from 'hono';
import type { Question } from '../bus.ts';
import { bodyOf } from './body.ts';

interface SensorRoutes {
  readonly ask: (question: Question) => Promise<unknown>;
  /** Does the request come with the token, and not with a browser's cookie? */
  readonly isCommand: (c: Context) => boolean;
}

const MINUTES = 10;
const HOST = /^[A-Za-z0-9.:-]{1,253}$/;

/** Machines that are enrolled. Who lets one in or sends it away holds the token. */
export function sensorRoutes(app: Hono, { ask, isCommand }: SensorRoutes): void {
  app.get('/api/v1/sensors', async (c) =>
    c.json({ rows: (await ask({ kind: 'remote.list' })) as unknown[] }),
  );
  app.post('/api/v1/sensors/code', async (c) => {
    if (!isCommand(c)) throw new CodedError('UNAUTHORIZED');
    const { name, minutes = MINUTES, host } = await bodyOf(c);
    if (name !== undefined && !isSensorName(name))
      throw new CodedError('BAD_REQUEST', 'name: small letters, digits and hyphens, at most 32');
    if (!isMinutes(minutes)) throw new CodedError('BAD_REQUEST', 'minutes: 1 to 1440');
    if (host !== undefined && !(typeof host === 'string' && HOST.test(host)))
      throw new CodedError('BAD_REQUEST', 'host: a name or an address');
    const named = {
      ...(name === undefined ? {} : { name }),
      ...(host === undefined ? {} : { host }),
    };
    return c.json((await ask({ kind: 'remote.code', minutes, ...named })) as object);
  });
  app.post('/api/v1/sensors/:name/revoke', async (c) => {
    if (!isCommand(c)) throw new CodedError('UNAUTHORIZED');
    const name = c.req.param('name');
    if (!isSensorName(name)) throw new CodedError('SENSOR_UNKNOWN');
    return c.json((await ask({ kind: 'remote.revoke', name })) as object);
  });
}

const isMinutes = (value: unknown): value is number =>
  typeof value === 'number' &&
  Number.isInteger(value) &&
  value > 0 &&
  value <= LIMITS.remoteCodeMinutesMax;
