import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { TXN_TYPE } from '@spoor/core';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { HostScript } from '../fixtures/attesting-host.ts';
import { all, FIXTURES, LAUNCHER, NODE, World } from './support.ts';

const ORCHESTRATOR = 'https://planner.example.com';
const DOMAIN = 'spoor.example.com';
/** The gateway, where tokens are for it. */
export const RESOURCE = 'http://localhost/mcp';
export const SEEN_SERVER: readonly string[] = [NODE, join(FIXTURES, 'seen-server.ts')];

interface Asked {
  readonly user: string;
  readonly trace?: string;
  /** Of whoever will prove calls with the token; without one it is an access token. */
  readonly jwk?: JWK;
}

/** A token service that has seen the user; its keys are had over HTTP, like a real one's. */
async function tokenService(whenDone: (end: () => Promise<void>) => void) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'txn-1', alg: 'ES256', use: 'sig' };
  const mint = ({ user, trace, jwk: own = {} }: Asked, iss: string) =>
    new SignJWT({
      txn: trace ?? randomBytes(16).toString('hex'),
      sub: user,
      act: { sub: 'planner' },
      req_wl: own.kid,
      scope: 'tools',
      tctx: { sid: `session of ${user} ${Math.random()}` },
      rctx: { lvl_basis: 'id_token', amr: ['mfa'] },
      cnf: { jkt: own.kid, jwk: { kty: own.kty, crv: own.crv, x: own.x } },
    })
      .setProtectedHeader({ alg: 'ES256', typ: TXN_TYPE, kid: 'txn-1' })
      .setIssuer(iss)
      .setAudience(DOMAIN)
      .setIssuedAt()
      .setExpirationTime('5m')
      .setJti(crypto.randomUUID())
      .sign(privateKey);
  const access = ({ user }: Asked, iss: string) =>
    new SignJWT({ sub: user, client_id: 'planner', scope: 'tools' })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'txn-1' })
      .setIssuer(iss)
      .setAudience(RESOURCE)
      .setIssuedAt()
      .setExpirationTime('5m')
      .setJti(crypto.randomUUID())
      .sign(privateKey);
  const server = createServer(async (request, response) => {
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (request.method !== 'POST') return void response.end(JSON.stringify({ keys: [jwk] }));
    const asked = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Asked;
    response.end(await (asked.jwk === undefined ? access : mint)(asked, issuer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  whenDone(async () => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A hub that trusts one orchestrator and one token service, and hosts that prove their calls. */
export class IdentityStage {
  readonly world: World;
  readonly #key: string;
  readonly #tokens: string;

  private constructor(world: World, key: string, tokens: string) {
    this.world = world;
    this.#key = key;
    this.#tokens = tokens;
  }

  static async set(
    whenDone: (end: () => Promise<void>) => void,
    ...flags: string[]
  ): Promise<IdentityStage> {
    const world = new World({}, whenDone);
    const tokens = await tokenService(whenDone);
    const who = ['--iss', ORCHESTRATOR, '--aud', DOMAIN, '--json'];
    const made = world.call('attest', 'keygen', '--out', 'planner.pem', ...who);
    if (made.code !== 0) throw new Error(made.stderr);
    const service = {
      issuer: tokens,
      kind: 'idp',
      audience: [DOMAIN, RESOURCE],
      algorithms: ['ES256'],
      jwks: `${tokens}/jwks`,
    };
    // JSON is YAML.
    const trust = JSON.stringify({ issuers: [JSON.parse(made.stdout), service] });
    const path = join(world.folder, 'trust.yaml');
    writeFileSync(path, trust);
    world.env.SPOOR_IDENTITY_TRUST = path;
    await world.hub(...flags);
    return new IdentityStage(world, join(world.folder, 'planner.pem'), tokens);
  }

  readonly orchestrator: string = ORCHESTRATOR;
  readonly domain: string = DOMAIN;

  /** Issuer of tokens, whose keys are at `/jwks`. */
  get issuer(): string {
    return this.#tokens;
  }

  /** An access token for the gateway. */
  async access(user: string): Promise<string> {
    const asked = await fetch(this.#tokens, { method: 'POST', body: JSON.stringify({ user }) });
    return asked.text();
  }

  /** Plays a host to its end; resolves with the lines that its server has read. */
  async play(script: Partial<HostScript> & Pick<HostScript, 'how' | 'server'>): Promise<string[]> {
    const wrapped = ['run', '--name', script.server, '--', ...SEEN_SERVER];
    const whole: HostScript = {
      key: this.#key,
      issuer: ORCHESTRATOR,
      domain: DOMAIN,
      tokens: this.#tokens,
      user: 'ann',
      calls: 2,
      ...(script.url === undefined ? { command: [NODE, LAUNCHER, ...wrapped] } : {}),
      ...script,
    };
    const host = join(FIXTURES, 'attesting-host.ts');
    const child = this.world.start([NODE, host, JSON.stringify(whole)]);
    const [said, complained] = [all(child.stdout), all(child.stderr)];
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`the host ended with ${code}: ${await complained}`);
    return JSON.parse(await said) as string[];
  }
}
