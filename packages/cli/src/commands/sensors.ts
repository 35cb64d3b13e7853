import { CodedError, levelWord, type RemoteCodeView, type SensorView } from '@spoor/core';
import { hubApi } from '../client.ts';
import type { Context, Flag } from '../command.ts';
import { paint } from '../output.ts';

/** Flags of the words of `spoor hub` that are about other machines. */
export const SENSOR_FLAGS: Readonly<Record<string, Flag>> = {
  name: { type: 'string', placeholder: 'N', help: 'enrol-code: name of the other machine' },
  minutes: { type: 'string', placeholder: 'M', help: 'enrol-code: how long it works; default 10' },
  address: {
    type: 'string',
    placeholder: 'H',
    help: 'enrol-code: address by which the other machine reaches this one; default remote.host',
  },
};

export async function enrolCode({ flags, home, out }: Context): Promise<number> {
  const { name, minutes, address } = flags;
  const made = await hubApi(home).post<RemoteCodeView>('/api/v1/sensors/code', {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof minutes === 'string' ? { minutes: Number(minutes) } : {}),
    ...(typeof address === 'string' ? { host: address } : {}),
  });
  if (flags.json === true) {
    out.json(made);
    return 0;
  }
  out.line(made.code);
  out.note(`Lets one machine in, once, as ${made.name}, until ${timeOf(made.untilMs)}.`);
  out.note('There: `spoor enrol`, and give it this code when it asks.');
  return 0;
}

export async function listSensors({ flags, home, out }: Context): Promise<number> {
  const { rows } = await hubApi(home).get<{ readonly rows: readonly SensorView[] }>(
    '/api/v1/sensors',
  );
  if (flags.json === true) out.json(rows);
  else if (rows.length === 0) out.line('No machine is enrolled.');
  for (const { name, level, key, enrolledMs, lastSeenMs, connections } of flags.json === true
    ? []
    : rows) {
    const seen = lastSeenMs === undefined ? 'never seen' : `seen ${timeOf(lastSeenMs)}`;
    const state = connections > 0 ? `${connections} connected` : seen;
    const head = `${paint(out, 'bold', name)} ${levelWord(level)}  ${state}`;
    out.line(`${head}  enrolled ${timeOf(enrolledMs)}  key ${key.slice(0, 16)}`);
  }
  return 0;
}

export async function revoke({ flags, words, home, out }: Context): Promise<number> {
  const [, name] = words;
  if (name === undefined || words.length > 2)
    throw new CodedError('USAGE', 'hub revoke NAME, as `spoor hub sensors` shows it');
  const view = await hubApi(home).post<SensorView>(
    `/api/v1/sensors/${encodeURIComponent(name)}/revoke`,
    {},
  );
  if (flags.json === true) out.json(view);
  else out.line(`${name} is revoked: its connections are cut, and its key is good for nothing.`);
  return 0;
}

const timeOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
