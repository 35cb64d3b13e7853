/**
 * What it costs to check who makes a call: one proof by a token that is known, and the first proof
 * by a token that is not, beside the bare check of one signature. Prints JSON:
 * `node bench/identity.bench.ts`.
 */
import { createPublicKey, verify } from 'node:crypto';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import type { IdentityEvidence, Request } from '@spoor/core';
import { evidenceOf as readEvidence } from '@spoor/edge/evidence';
import { verifyIdentity } from '@spoor/edge/identity';
import { contextOf, evidenceOf, Maker, PARAMS } from '../packages/edge/test/identity/maker.ts';
import { quantile, type Report } from './report.ts';

const CALLS = 1_000;
const WARM_UP = 200;
const TOKENS = 200;

interface Proved {
  readonly evidence: IdentityEvidence;
  readonly proof: string;
}

async function proofs(maker: Maker, txn: string, count: number): Promise<Proved[]> {
  const made: Proved[] = [];
  for (let i = 0; i < count; i++) {
    const proof = await maker.proof(txn);
    made.push({ evidence: evidenceOf(txn, proof), proof });
  }
  return made;
}

async function timed(count: number, work: (at: number) => unknown): Promise<number[]> {
  const took: number[] = [];
  for (let at = 0; at < count; at++) {
    const began = performance.now();
    await work(at);
    took.push(performance.now() - began);
  }
  return took;
}

/** The check that nothing can do without: one signature, with a key that is at hand. */
function bare(maker: Maker, es256: boolean): (proof: string) => boolean {
  const key = createPublicKey({ key: maker.proofKey.jwk, format: 'jwk' });
  const how = es256 ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : key;
  return (proof) => {
    const at = proof.lastIndexOf('.');
    const signature = Buffer.from(proof.slice(at + 1), 'base64url');
    return verify(es256 ? 'sha256' : null, Buffer.from(proof.slice(0, at)), how, signature);
  };
}

async function measure(name: string, alg: string, figures: Record<string, number>): Promise<void> {
  const maker = await Maker.make('Ed25519', 'i1', undefined, alg);
  const trust = maker.trust();
  const all = await proofs(maker, await maker.txn(), WARM_UP + CALLS);
  const check = async (at: number): Promise<void> => {
    const { evidence } = all[at] as Proved;
    const { level } = await verifyIdentity(evidence, contextOf(), trust);
    if (level !== 'verified') throw new Error(`call ${at} is ${level}`);
  };
  const added = (await timed(WARM_UP + CALLS, check)).slice(WARM_UP);
  const only = bare(maker, alg === 'ES256');
  const holds = (at: number): void => {
    if (!only((all[at] as Proved).proof)) throw new Error('the yardstick is broken');
  };
  const yardstick = (await timed(WARM_UP + CALLS, holds)).slice(WARM_UP);
  const fresh: IdentityEvidence[] = [];
  for (let i = 0; i < TOKENS; i++) fresh.push(await maker.evidence({}, { tctx: { sid: `${i}` } }));
  const first = await timed(TOKENS, (at) =>
    verifyIdentity(fresh[at] as IdentityEvidence, contextOf(), trust),
  );
  figures[`${name}.added.p50`] = quantile(added, 0.5);
  figures[`${name}.added.p99`] = quantile(added, 0.99);
  figures[`${name}.first.p50`] = quantile(first, 0.5);
  figures[`${name}.signature.p50`] = quantile(yardstick, 0.5);
  figures[`${name}.ratio`] = quantile(added, 0.5) / quantile(yardstick, 0.5);
}

/** What the sensor does before it hands evidence on. */
async function reading(figures: Record<string, number>): Promise<void> {
  const maker = await Maker.make();
  const { meta = '' } = await maker.evidence();
  const params = { ...PARAMS, _meta: { 'dev.spoor/identity': JSON.parse(meta) } };
  const request: Request = { kind: 'request', id: 7, method: 'tools/call', params };
  const took = await timed(WARM_UP + CALLS, () => readEvidence(request));
  figures['sensor.p50'] = quantile(took.slice(WARM_UP), 0.5);
}

export async function identity(): Promise<Report> {
  const figures: Record<string, number> = {};
  await measure('ed25519', 'Ed25519', figures);
  await measure('es256', 'ES256', figures);
  await reading(figures);
  return { name: 'identity', unit: 'ms', figures };
}

if (argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await identity()));
