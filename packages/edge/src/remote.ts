import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { connect, type TLSSocket } from 'node:tls';
import { CodedError, ERRORS, type ErrorCode, encodeWire, LIMITS, WireDecoder } from '@spoor/core';
import {
  type EnrolCode,
  type Enrolment,
  EXPORTER,
  type HubPlace,
  isSensorName,
  pinOf,
  REMOTE_PROTOCOL,
  signedBytes,
} from './enrolment.ts';

/**
 * A connection to the hub on which this machine has proved who it is; what follows on it is what
 * goes over the socket on the hub's own machine. The owner of this machine has named the address.
 * Rejects with HUB_UNREACHABLE, HUB_NOT_PINNED, ENROLMENT_UNREADABLE or the hub's refusal.
 */
export async function connectEnrolled(enrolment: Enrolment): Promise<TLSSocket> {
  const key = privateKeyOf(enrolment);
  const { socket } = await greet(enrolment, (challenge, exported) => ({
    op: 'prove',
    name: enrolment.name,
    signature: sign(null, signedBytes('prove', challenge, exported), key).toString('base64'),
  }));
  return socket;
}

/** Registers a key by a code. Resolves with the name that the hub knows it by. */
export async function enrolAt(code: EnrolCode, key: KeyObject): Promise<string> {
  const { socket, name } = await greet(code, (challenge, exported) => ({
    op: 'enrol',
    secret: code.secret,
    key: createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64'),
    signature: sign(null, signedBytes('enrol', challenge, exported), key).toString('base64'),
  }));
  socket.destroy();
  return name;
}

type Answer = (challenge: Uint8Array, exported: Uint8Array) => object;

function greet(
  place: HubPlace,
  answer: Answer,
): Promise<{ readonly socket: TLSSocket; readonly name: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: place.host,
      port: place.port,
      minVersion: 'TLSv1.3',
      ALPNProtocols: [REMOTE_PROTOCOL],
      // Its key is compared with the pin before anything is sent, which is stricter than a name.
      rejectUnauthorized: false,
    });
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(error instanceof CodedError ? error : unreachable(place, error));
    };
    const timer = setTimeout(() => fail(undefined), LIMITS.remoteHandshakeMs);
    const closed = (): void => fail(undefined);
    socket.on('error', fail);
    socket.on('close', closed);
    socket.once('secureConnect', () => {
      if (!isPinned(socket, place)) fail(new CodedError('HUB_NOT_PINNED', addressOf(place)));
    });
    const decoder = new WireDecoder();
    let received = 0;
    let answered = false;
    const read = (chunk: Buffer): void => {
      try {
        received += chunk.length;
        if (received > LIMITS.remoteHandshakeBytesMax) throw unreachable(place);
        for (const { json } of decoder.push(chunk)) {
          if (answered) {
            const name = nameIn(json);
            clearTimeout(timer);
            socket.off('data', read).off('error', fail).off('close', closed);
            socket.on('error', () => socket.destroy()).setKeepAlive(true, KEEP_ALIVE_MS);
            resolve({ socket, name });
            return;
          }
          answered = true;
          socket.write(encodeWire(answer(challengeIn(json), exportedOf(socket))));
        }
      } catch (error) {
        fail(error);
      }
    };
    socket.on('data', read);
  });
}

const KEEP_ALIVE_MS = 30_000;
const CHALLENGE_BYTES = 32;

function isPinned(socket: TLSSocket, { pin }: HubPlace): boolean {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return false;
  return pinOf(certificate.publicKey.export({ type: 'spki', format: 'der' })) === pin;
}

const exportedOf = (socket: TLSSocket): Buffer =>
  socket.exportKeyingMaterial(EXPORTER.bytes, EXPORTER.label, Buffer.alloc(0));

function challengeIn(json: unknown): Buffer {
  const { challenge, error } = json as { challenge?: unknown; error?: unknown };
  if (error !== undefined) throw refusal(error);
  const bytes = Buffer.from(typeof challenge === 'string' ? challenge : '', 'base64');
  if (bytes.length !== CHALLENGE_BYTES) throw new CodedError('HUB_PROTOCOL', 'no challenge');
  return bytes;
}

function nameIn(json: unknown): string {
  const { ok, error } = json as { ok?: { name?: unknown }; error?: unknown };
  if (error !== undefined) throw refusal(error);
  if (!isSensorName(ok?.name)) throw new CodedError('HUB_PROTOCOL', 'no name');
  return ok.name;
}

function refusal(error: unknown): CodedError {
  const { code } = error as { code?: unknown };
  const known = typeof code === 'string' && Object.hasOwn(ERRORS, code);
  return new CodedError(known ? (code as ErrorCode) : 'HUB_PROTOCOL');
}

function privateKeyOf({ key }: Enrolment): KeyObject {
  try {
    return createPrivateKey(key);
  } catch (error) {
    throw new CodedError('ENROLMENT_UNREADABLE', 'the key', error);
  }
}

const addressOf = ({ host, port }: HubPlace): string => `${host}:${port}`;

const unreachable = (place: HubPlace, cause?: unknown): CodedError =>
  new CodedError('HUB_UNREACHABLE', addressOf(place), cause);
