import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect as connectPlain, createServer } from 'node:net';
import { join } from 'node:path';
import { LIMITS, type RemoteCodeView, type SensorView } from '@spoor/core';
import { type EnrolCode, type Enrolment, encodeWire, parseCode, WireDecoder } from '@spoor/edge';
import { connectEnrolled, enrolAt } from '@spoor/edge/remote';
import { expect, onTestFinished, test } from 'vitest';
import { verifies } from '../../../../test/verifies.ts';
import { hello } from '../support/build.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startHub, type TestHub, until } from '../support/hub.ts';
import { codeOf, knock, newKey, publicOf, signed } from './stranger.ts';

const REMOTE = { host: '127.0.0.1', port: 0 };

async function post<Value>(hub: TestHub, path: string, body: object = {}): Promise<Value> {
  const headers = { authorization: `Bearer ${hub.token}` };
  const options = { method: 'POST', headers, body: JSON.stringify(body) };
  return (await (await fetch(`${hub.url}/api/v1/${path}`, options)).json()) as Value;
}

const newCode = async (hub: TestHub, name: string): Promise<EnrolCode> =>
  parseCode((await post<RemoteCodeView>(hub, 'sensors/code', { name })).code);

async function enrolled(hub: TestHub, name: string): Promise<Enrolment> {
  const code = await newCode(hub, name);
  const key = newKey();
  expect(await enrolAt(code, key)).toBe(name);
  const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { host: code.host, port: code.port, pin: code.pin, name, key: pem };
}

const sensors = async (hub: TestHub): Promise<readonly SensorView[]> =>
  (await hub.api<{ readonly rows: readonly SensorView[] }>('sensors')).rows;

verifies('enrol:once', async () => {
  const hub = await startHub({ remote: REMOTE });
  const code = await newCode(hub, 'laptop');
  await expect(enrolAt(code, newKey())).resolves.toBe('laptop');
  await expect(enrolAt(code, newKey())).rejects.toMatchObject({ code: 'ENROL_CODE_INVALID' });
  expect(await sensors(hub)).toHaveLength(1);
});

verifies(
  'identity:shown',
  async () => {
    const file = join(temporaryFolder(), 'trust.yaml');
    writeFileSync(file, 'issuers: [{ issuer: laptop, kind: enrolled }]');
    const hub = await startHub({ remote: REMOTE, identityTrustFile: file });
    for (const name of ['laptop', 'desktop']) await enrolAt(await newCode(hub, name), newKey());
    const levels = (await sensors(hub)).map(({ name, level }) => [name, level]);
    expect(levels).toEqual([
      ['laptop', 'attested'],
      ['desktop', 'unverified'],
    ]);
  },
  { case: 'enrolled machines' },
);

verifies(
  'enrol:once',
  async () => {
    const hub = await startHub({ remote: REMOTE });
    const { secret } = await newCode(hub, 'laptop');
    for (const [path, text] of hub.files()) expect(text.includes(secret), path).toBe(false);
    const answers = await Promise.all(
      Array.from({ length: LIMITS.remoteCodesMax }, (_, at) =>
        post<{ readonly code: string }>(hub, 'sensors/code', { name: `other-${at}` }),
      ),
    );
    expect(answers.map(({ code }) => code)).toContain('ENROL_LIMIT');
  },
  { case: 'kept as a hash, and few at a time' },
);

verifies('enrol:key', async () => {
  const hub = await startHub({ remote: REMOTE });
  const { port } = await enrolled(hub, 'laptop');
  const thief = await knock(port);
  thief.send({ op: 'prove', name: 'laptop', signature: signed('prove', newKey(), thief) });
  expect(codeOf(await thief.next())).toBe('SENSOR_NOT_ENROLLED');
  const nobody = await knock(port);
  nobody.send({ op: 'prove', name: 'nobody', signature: signed('prove', newKey(), nobody) });
  expect(codeOf(await nobody.next())).toBe('SENSOR_NOT_ENROLLED');
});

verifies(
  'enrol:key',
  async () => {
    const hub = await startHub({ remote: REMOTE });
    const code = await newCode(hub, 'laptop');
    const key = newKey();
    await enrolAt(code, key);
    const first = await knock(code.port);
    const proof = { op: 'prove', name: 'laptop', signature: signed('prove', key, first) };
    const second = await knock(code.port);
    second.send(proof);
    expect(codeOf(await second.next())).toBe('SENSOR_NOT_ENROLLED');
    // A man in the middle can pass the challenge on, and has another TLS connection.
    const passedOn = { challenge: second.challenge, exported: first.exported };
    const third = await knock(code.port);
    third.send({ ...proof, signature: signed('prove', key, passedOn) });
    expect(codeOf(await third.next())).toBe('SENSOR_NOT_ENROLLED');
    // What was signed to enrol proves nothing else.
    const fourth = await knock(code.port);
    fourth.send({ ...proof, signature: signed('enrol', key, fourth) });
    expect(codeOf(await fourth.next())).toBe('SENSOR_NOT_ENROLLED');
    // And the right word is heard.
    first.send(proof);
    expect(await first.next()).toEqual({ ok: { name: 'laptop' } });
  },
  { case: 'replayed and passed on' },
);

verifies('enrol:pinned', async () => {
  const hub = await startHub({ remote: REMOTE });
  const enrolment = await enrolled(hub, 'laptop');
  const code = await newCode(hub, 'second');
  const other = await startHub({ remote: REMOTE });
  const { port } = await newCode(other, 'laptop');
  await expect(connectEnrolled({ ...enrolment, port })).rejects.toMatchObject({
    code: 'HUB_NOT_PINNED',
  });
  // Its one-time secret was not given to whoever answered there.
  await expect(enrolAt({ ...code, port }, newKey())).rejects.toMatchObject({
    code: 'HUB_NOT_PINNED',
  });
  await expect(enrolAt(code, newKey())).resolves.toBe('second');
});

async function speaking(enrolment: Enrolment, server: string): Promise<Record<string, unknown>> {
  const socket = await connectEnrolled(enrolment);
  onTestFinished(() => void socket.destroy());
  const said = hello();
  socket.write(encodeWire({ ...said, token: '', server: { ...said.server, name: server } }));
  const decoder = new WireDecoder();
  return new Promise((resolve) => {
    socket.on('data', (chunk) => {
      for (const { json } of decoder.push(chunk)) resolve(json as Record<string, unknown>);
    });
    socket.on('close', () => resolve({ closed: true }));
  });
}

verifies('enrol:apart', async () => {
  const hub = await startHub({ remote: REMOTE });
  const [one, two] = [await enrolled(hub, 'one'), await enrolled(hub, 'two')];
  const sessionOf = async (enrolment: Enrolment, server: string): Promise<unknown> =>
    ((await speaking(enrolment, server)).ok as { readonly session: string }).session;
  const first = await sessionOf(one, 'crm@one');
  expect(await sessionOf(one, 'drive@one')).toBe(first);
  // Equal process numbers, and another machine.
  expect(await sessionOf(two, 'crm@two')).not.toBe(first);
  // Nobody speaks of the servers of another machine, or of the hub's own.
  expect(codeOf(await speaking(two, 'crm@one'))).toBe('WIRE_INVALID');
  expect(codeOf(await speaking(two, 'crm'))).toBe('WIRE_INVALID');
});

verifies(
  'enrol:strangers',
  async () => {
    const hub = await startHub({ remote: REMOTE });
    const enrolment = await enrolled(hub, 'laptop');
    // Who has proved a key has still not said hello.
    const greedy = await connectEnrolled(enrolment);
    const cut = new Promise((resolve) => greedy.once('close', resolve));
    const head = Buffer.alloc(8);
    head.writeUInt32BE(10_000_000);
    head.writeUInt32BE(9_000_000, 4);
    greedy.write(Buffer.concat([head, Buffer.alloc(200_000, 0x20)]));
    await cut;
    const token = 'a'.repeat(64);
    const odd = await connectEnrolled(enrolment);
    const ended = new Promise((resolve) => odd.once('close', resolve));
    odd.write(encodeWire({ op: 'begin', id: 1, token }));
    await ended;
    await until(
      () => sensors(hub),
      ([one]) => one?.connections === 0,
    );
  },
  { case: 'with a key and bad words' },
);

verifies('enrol:revoked', async () => {
  const hub = await startHub({ remote: REMOTE });
  const enrolment = await enrolled(hub, 'laptop');
  const socket = await connectEnrolled(enrolment);
  const ended = new Promise((resolve) => socket.once('close', resolve));
  await until(
    () => sensors(hub),
    ([one]) => one?.connections === 1,
  );
  expect(await post(hub, 'sensors/laptop/revoke')).toMatchObject({ name: 'laptop' });
  await ended;
  await expect(connectEnrolled(enrolment)).rejects.toMatchObject({ code: 'SENSOR_NOT_ENROLLED' });
  expect(await sensors(hub)).toEqual([]);
  expect(await post(hub, 'sensors/laptop/revoke')).toMatchObject({ code: 'SENSOR_UNKNOWN' });
  // The name is free again, and the old key stays out.
  await enrolled(hub, 'laptop');
  await expect(connectEnrolled(enrolment)).rejects.toMatchObject({ code: 'SENSOR_NOT_ENROLLED' });
});

verifies('enrol:strangers', async () => {
  const hub = await startHub({ remote: REMOTE });
  const { port } = await newCode(hub, 'laptop');
  const large = await knock(port);
  large.send({ op: 'prove', name: 'x'.repeat(LIMITS.remoteHandshakeBytesMax) });
  expect(codeOf(await large.next())).toBe('WIRE_INVALID');
  const hasty = await knock(port);
  hasty.socket.write(Buffer.concat([encodeWire({ op: 'prove' }), encodeWire({ op: 'hello' })]));
  expect(codeOf(await hasty.next())).toBe('WIRE_INVALID');
  for (const json of [null, 7, [], { op: 'hello' }, { op: 'enrol' }, { op: 'prove', name: {} }]) {
    const odd = await knock(port);
    odd.send(json);
    expect(codeOf(await odd.next())).toMatch(/^(?:WIRE_INVALID|SENSOR_NOT_ENROLLED)$/);
    await odd.closed;
  }
  await until(hub.counts, (counts) => (counts.remoteRefused ?? 0) > 0);
  const junk = connectPlain({ host: '127.0.0.1', port });
  junk.on('error', () => undefined);
  junk.write('GET / HTTP/1.1\r\n\r\n');
  await new Promise((resolve) => junk.once('close', resolve));
  await until(hub.counts, (counts) => (counts.remoteFailed ?? 0) > 0);
});

verifies(
  'enrol:strangers',
  async () => {
    const hub = await startHub({ remote: REMOTE });
    const { port } = await newCode(hub, 'laptop');
    const silent = connectPlain({ host: '127.0.0.1', port });
    silent.on('error', () => undefined);
    const mute = await knock(port);
    await Promise.all([new Promise((resolve) => silent.once('close', resolve)), mute.closed]);
  },
  { case: 'that say nothing', timeoutMs: LIMITS.remoteHandshakeMs + 10_000 },
);

verifies(
  'enrol:strangers',
  async () => {
    const hub = await startHub({ remote: REMOTE });
    const code = await newCode(hub, 'laptop');
    for (let tries = 0; tries < LIMITS.remoteFailuresMax; tries++) {
      const secret = tries.toString(16).padStart(40, '0');
      await expect(enrolAt({ ...code, secret }, newKey())).rejects.toMatchObject({
        code: 'ENROL_CODE_INVALID',
      });
    }
    // From there not even the right one is heard any more for a time.
    await expect(enrolAt(code, newKey())).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
    await until(hub.counts, (counts) => (counts.remoteBlocked ?? 0) > 0);
  },
  { case: 'that guess' },
);

test('a hub that does not answer is given up in time', async () => {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { readonly port: number };
  const place = { host: '127.0.0.1', port, pin: 'a'.repeat(64), secret: 'b'.repeat(40) };
  await expect(enrolAt(place, newKey())).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
});

test('without a port there is no door, and no code', async () => {
  const hub = await startHub();
  expect(await post(hub, 'sensors/code', { name: 'laptop' })).toMatchObject({ code: 'REMOTE_OFF' });
});

test('a name is taken once, and bad words are refused', async () => {
  const hub = await startHub({ remote: REMOTE });
  await enrolled(hub, 'laptop');
  const bodies = [
    [{ name: 'laptop' }, 'SENSOR_NAME_TAKEN'],
    [{ name: 'Lap Top' }, 'BAD_REQUEST'],
    [{ minutes: 0 }, 'BAD_REQUEST'],
    [{ minutes: 1e9 }, 'BAD_REQUEST'],
    [{ host: 'a b' }, 'BAD_REQUEST'],
    [{ host: '0.0.0.0' }, 'BAD_REQUEST'],
  ] as const;
  for (const [body, code] of bodies)
    expect(await post(hub, 'sensors/code', body)).toMatchObject({ code });
});

test('the certificate is made once, and its key stays when the hub starts anew', async () => {
  const hub = await startHub({ remote: REMOTE });
  const { pin } = await newCode(hub, 'laptop');
  const path = join(hub.home.folder, 'remote-certificate.pem');
  const before = readFileSync(path, 'utf8');
  await hub.stop();
  const again = await startHub({ remote: REMOTE }, (home) =>
    writeFileSync(join(home.folder, 'remote-certificate.pem'), before, { mode: 0o600 }),
  );
  expect((await newCode(again, 'laptop')).pin).toBe(pin);
});

test('a certificate that does not fit its key keeps the hub from starting', async () => {
  const hub = await startHub({ remote: REMOTE });
  const certificate = join(hub.home.folder, 'remote-certificate.pem');
  const key = join(hub.home.folder, 'other.pem');
  const other: KeyObject = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  writeFileSync(key, other.export({ type: 'pkcs8', format: 'pem' }));
  await expect(
    startHub({ remote: { ...REMOTE, files: { certificate, key } } }),
  ).rejects.toMatchObject({ code: 'REMOTE_CERTIFICATE' });
});

verifies(
  'enrol:pinned',
  async () => {
    const folder = temporaryFolder();
    const files = { certificate: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    const makers = [await startHub({ remote: REMOTE }), await startHub({ remote: REMOTE })];
    const [first = '', second = ''] = makers.map(({ home }) =>
      readFileSync(join(home.folder, 'remote-certificate.pem'), 'utf8'),
    );
    const show = (cert: string, key: string): void => {
      writeFileSync(files.certificate, cert);
      writeFileSync(files.key, key);
    };
    show(first, first);
    const hub = await startHub({ remote: { ...REMOTE, files } });
    const enrolment = await enrolled(hub, 'laptop');
    // A pair that does not fit, as in the middle of a change.
    show(second, first);
    await new Promise((resolve) => setTimeout(resolve, LIMITS.remoteReloadMs + 500));
    (await connectEnrolled(enrolment)).destroy();
    show(second, second);
    await expect
      .poll(() => connectEnrolled(enrolment).catch(({ code }) => code), {
        interval: 500,
      })
      .toBe('HUB_NOT_PINNED');
    expect((await newCode(hub, 'second')).pin).not.toBe(enrolment.pin);
  },
  { case: 'also when the certificate is changed', timeoutMs: 40_000 },
);

test('the key of a sensor is a whole Ed25519 key', async () => {
  const hub = await startHub({ remote: REMOTE });
  const { port, secret } = await newCode(hub, 'laptop');
  const stranger = await knock(port);
  const rsa = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  stranger.send({ op: 'enrol', secret, key: publicOf(rsa), signature: 'a'.repeat(88) });
  expect(codeOf(await stranger.next())).toBe('WIRE_INVALID');
});
