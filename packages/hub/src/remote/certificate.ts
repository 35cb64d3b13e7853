import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  X509Certificate,
} from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '@spoor/core';
import { type Home, pinOf } from '@spoor/edge';
import type { RemoteOptions } from '../options.ts';

/** What the door for remote sensors shows of itself. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of its public key, by which sensors know it. */
  readonly pin: string;
}

/** The owner's, or the hub's own, made once. Throws REMOTE_CERTIFICATE. */
export function loadCertificate(home: Home, files: RemoteOptions['files']): Certificate {
  if (files !== undefined) return certificateOf(files.certificate, files.key);
  const own = join(home.folder, 'remote-certificate.pem');
  if (!existsSync(own)) {
    const next = `${own}.next`;
    writeFileSync(next, makeCertificate(), { mode: 0o600, flush: true });
    renameSync(next, own);
  }
  return certificateOf(own, own);
}

function certificateOf(certPath: string, keyPath: string): Certificate {
  try {
    const cert = readFileSync(certPath, 'utf8');
    const key = readFileSync(keyPath, 'utf8');
    const shown = new X509Certificate(cert);
    if (!shown.checkPrivateKey(createPrivateKey(key)))
      throw new CodedError('REMOTE_CERTIFICATE', 'the key belongs to another certificate');
    return { cert, key, pin: pinOf(shown.publicKey.export({ type: 'spki', format: 'der' })) };
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError('REMOTE_CERTIFICATE', certPath, error);
  }
}

/**
 * A certificate over a key of its own, in the least form of RFC 5280. Sensors believe its key by
 * the pin and look at nothing else in it, so that it never runs out.
 */
function makeCertificate(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = sequence(
    // Version 1 stands for no extensions; the serial number is the only one there is.
    der(0x02, Buffer.from([1])),
    ECDSA_SHA256,
    NAME,
    sequence(der(0x17, Buffer.from('250101000000Z')), der(0x18, Buffer.from('99991231235959Z'))),
    NAME,
    spkiOf(privateKey),
  );
  const signature = sign('sha256', body, privateKey);
  const whole = sequence(body, ECDSA_SHA256, der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  const cert = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  return cert + privateKey.export({ type: 'pkcs8', format: 'pem' });
}

const spkiOf = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ type: 'spki', format: 'der' });

/** One value in DER (X.690); none here is longer than two length bytes can say. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content)]), content]);
}

function lengthOf({ length }: Uint8Array): readonly number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  return [0x82, Math.floor(length / 0x100), length % 0x100];
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);

/** 1.2.840.10045.4.3.2. */
const ECDSA_SHA256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
/** A common name (2.5.4.3). */
const NAME = sequence(
  der(0x31, sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from('spoor hub')))),
);
