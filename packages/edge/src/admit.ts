import {
  type Atom,
  CONTENT_CLASSES,
  CodedError,
  LABELS,
  LIMITS,
  OBSERVATION_KINDS,
  OUTCOMES,
  REFUSALS,
  SEALED_PARTS,
  type UsageName,
} from '@spoor/core';
import { z } from 'zod';
import { isAtom, isPlainObserved, knownMembers } from './admit-plain.ts';
import type { SensorRequest } from './wire.ts';

/**
 * The one place where a sensor's words become typed values. Unknown members are dropped, every
 * string has a length and every list an end: the socket is open to any process of the user.
 */

const UUID = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
const NAME = z.string().min(1).max(LIMITS.nameCharsMax);
const DIGEST = z.string().regex(/^[0-9a-f]{8,64}$/);
const PRINT = z.string().regex(/^[0-9a-f]{16}$/);
/** All zeros stand for no id in W3C Trace Context. */
const TRACE_ID = z.string().regex(/^(?!0+$)[0-9a-f]{32}$/);
const SPAN_ID = z.string().regex(/^(?!0+$)[0-9a-f]{16}$/);
const TRACE_PARENT = z.object({ trace: TRACE_ID, parent: SPAN_ID });
const COUNT = z.int().nonnegative();
const PATH = z.string().max(256);
const FLAG = z.boolean();

const ATOMS = z
  .custom<Atom[]>(
    (value) => Array.isArray(value) && value.length <= LIMITS.atomsMax && value.every(isAtom),
  )
  .transform((atoms) => atoms.map(knownMembers))
  .readonly();

/** What rules asked of the content. */
const MATCHES = z
  .object({ set: DIGEST, ids: z.array(DIGEST).max(LIMITS.contentTestsMax) })
  .optional();

const USED = z.number().nonnegative().max(LIMITS.usageMax).optional();
const USAGE = {
  input_tokens: USED,
  output_tokens: USED,
  total_tokens: USED,
  cost: USED,
} satisfies Record<UsageName, typeof USED>;

const CONTENT_FACTS = z.object({
  bytes: COUNT,
  depth: COUNT,
  paths: z
    .array(
      z.object({
        path: PATH,
        type: z.enum(['string', 'number', 'boolean', 'null', 'object', 'array']),
        bytes: COUNT,
      }),
    )
    .max(LIMITS.argumentPathsMax),
  classes: z
    .array(z.object({ class: z.enum(CONTENT_CLASSES), count: COUNT }))
    .max(CONTENT_CLASSES.length),
  externalDestinations: COUNT,
  destinations: z.array(PRINT).max(LIMITS.destinationsPerCallMax).optional(),
  instructionLike: FLAG,
  hiddenText: FLAG,
  digest: DIGEST,
  atoms: ATOMS,
  wording: z.string().max(LIMITS.wordingCharsMax).optional(),
  passages: z
    .object({
      at: z.array(PATH).max(LIMITS.passageTextsMax),
      prints: z.string().max(LIMITS.passagePrintsCharsMax),
    })
    .optional(),
  matched: MATCHES,
  projection: z.string().max(LIMITS.projectionCharsMax).optional(),
  usage: z.object(USAGE).optional(),
  truncated: FLAG,
});

/** There are a dozen. */
const SIGNS_MAX = 32;
const MENTIONS_MAX = 32;
const NAME_DIGEST = z.string().regex(/^[0-9a-f]{16}$/);
const REASON = z.string().max(LIMITS.labelReasonCharsMax);

const DEFINITIONS = z.object({
  tools: z
    .array(
      z.object({
        name: NAME,
        digest: DIGEST,
        labels: z.array(z.enum(LABELS)).max(LABELS.length),
        argumentNames: z.array(NAME).max(LIMITS.argumentPathsMax),
        openArguments: z.literal(true).optional(),
        why: z
          .array(z.object({ label: z.enum(LABELS), because: REASON, rejected: REASON.optional() }))
          .max(LABELS.length)
          .optional(),
        hints: z.object({ readOnly: FLAG.optional(), destructive: FLAG.optional() }).optional(),
        hiddenText: FLAG,
        instructionLike: FLAG,
        poison: z
          .array(z.string().regex(/^[a-z-]{2,24}$/))
          .max(SIGNS_MAX)
          .optional(),
        skeleton: NAME_DIGEST.optional(),
        mentions: z.array(NAME_DIGEST).max(MENTIONS_MAX).optional(),
        projection: z.string().max(LIMITS.projectionCharsMax).optional(),
      }),
    )
    .max(LIMITS.toolsPerServerMax),
  digest: DIGEST.optional(),
  partial: FLAG,
  matched: MATCHES,
});

const DECISION = z.object({
  action: z.enum(['allow', 'deny', 'modify', 'ask', 'defer']),
  wanted: z.enum(['allow', 'deny', 'modify', 'ask', 'defer']),
  rule: z.string().max(64),
  reason: z.string().max(32),
  case: z
    .string()
    .regex(/^c-[a-z0-9]{10}$/)
    .optional(),
  expiresMs: z.number().optional(),
  mode: z.enum(['observe', 'enforce']),
  by: z.literal('sensor'),
});

const CAUSE = z.object({
  kind: z.enum(['user', 'tool', 'server', 'unknown']),
  parent: UUID.optional(),
  evidence: z.enum(['trace', 'input', 'containment', 'intent', 'none']),
});

const SENSED = z.object({
  pair: DIGEST.optional(),
  id: UUID,
  kind: z.enum(OBSERVATION_KINDS),
  startMs: z.number(),
  endMs: z.number().optional(),
  tool: NAME.optional(),
  resource: z.string().max(64).optional(),
  prompt: NAME.optional(),
  method: z.string().max(64),
  requestId: z.string().max(24).optional(),
  era: z.enum(['legacy', 'modern', 'unknown']),
  protocolVersion: z.string().max(10).optional(),
  span: SPAN_ID,
  traceparent: TRACE_PARENT.optional(),
  link: TRACE_PARENT.optional(),
  given: TRACE_PARENT.optional(),
  sampledHint: FLAG.optional(),
  refused: z.array(z.enum(REFUSALS)).max(REFUSALS.length).optional(),
  cause: CAUSE,
  request: CONTENT_FACTS.optional(),
  result: CONTENT_FACTS.optional(),
  definitions: DEFINITIONS.optional(),
  cluster: DIGEST.optional(),
  masked: z.object({ arguments: COUNT.optional(), result: COUNT.optional() }).optional(),
  outcome: z.enum(OUTCOMES),
  errorType: z.string().max(32).optional(),
  decidedAlone: DECISION.optional(),
});

const SEALED = z
  .array(
    z.object({
      meta: z.object({
        part: z.enum(SEALED_PARTS),
        bytes: COUNT,
        cipher: DIGEST,
        commit: DIGEST,
        mac: DIGEST,
        kek: z
          .string()
          .max(64)
          .regex(/^[A-Za-z0-9_-]+$/),
      }),
      length: COUNT,
    }),
  )
  .max(4);

const PROCESS = z.object({ pid: z.int().positive(), start: z.string().max(32) });
const ID = COUNT;

/** Levels are not among it: a member that claims one is dropped like every unknown member. */
const IDENTITY = z.object({
  meta: z.string().max(LIMITS.identityCharsMax).optional(),
  bearer: z.string().min(1).max(LIMITS.tokenCharsMax).optional(),
  claimed: z
    .object({ issuer: z.string().min(1).max(512), subject: z.string().min(1).max(256) })
    .optional(),
  call: z
    .object({
      mth: z.string().max(64),
      nm: z.string().max(LIMITS.identityNameCharsMax).optional(),
      rid: z.union([z.string().max(LIMITS.identityNameCharsMax), z.int()]),
      dig: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
      tp: z.string().max(LIMITS.traceparentCharsMax).optional(),
    })
    .optional(),
});

const OBSERVED = {
  id: ID,
  observation: SENSED,
  sealed: SEALED,
  identity: IDENTITY.optional(),
  quiet: z.literal(true).optional(),
} as const;

const RAW = z.object({
  step: z.enum(['begin', 'end', 'intent']),
  call: UUID,
  startMs: z.number(),
  endMs: z.number().optional(),
  traceparent: TRACE_PARENT.optional(),
  given: TRACE_PARENT.optional(),
  cause: CAUSE,
  protocolVersion: z.string().max(10).optional(),
  requestBytes: COUNT,
  outcome: z.enum(OUTCOMES).optional(),
  errorType: z.string().max(32).optional(),
});

const COUNTS = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z_]+$/)
      .max(LIMITS.reportNameCharsMax),
    COUNT,
  )
  .refine((counts) => Object.keys(counts).length <= LIMITS.reportNamesMax);

const SENSOR_REQUEST = z.discriminatedUnion('op', [
  z.object({
    op: z.literal('hello'),
    id: ID,
    protocol: z.int(),
    token: z.string().max(128),
    sensor: z.object({
      id: UUID,
      kind: z.enum(['wrapper', 'gateway', 'intent', 'hook', 'in-process']),
      version: z.string().max(32),
    }),
    server: z.object({
      name: NAME,
      transport: z.enum(['stdio', 'http', 'memory', 'unknown']),
      process: PROCESS.optional(),
    }),
    host: z.object({
      process: PROCESS,
      name: NAME,
      ancestors: z.array(PROCESS).max(LIMITS.ancestorsMax),
      uid: z.int(),
    }),
    mode: z.enum(['observe', 'enforce']).optional(),
    hostSession: DIGEST.optional(),
    asksInHost: z.literal(true).optional(),
    session: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .optional(),
    claims: z
      .object({ issuer: z.string().min(1).max(512), subject: z.string().min(1).max(256) })
      .optional(),
  }),
  z.object({ op: z.literal('begin'), ...OBSERVED }),
  z.object({ op: z.literal('end'), ...OBSERVED }),
  z.object({
    op: z.literal('key'),
    id: ID,
    kek: z
      .string()
      .max(64)
      .regex(/^[A-Za-z0-9_-]+$/),
  }),
  z.object({
    op: z.literal('embed'),
    id: ID,
    call: UUID,
    text: z.string().max(LIMITS.embeddingCharsMax),
  }),
  z.object({
    op: z.literal('answer'),
    id: ID,
    call: UUID,
    answer: z.enum(['approve', 'deny']),
    digest: DIGEST,
  }),
  z.object({ op: z.literal('find'), id: ID, tool: NAME, pair: DIGEST }),
  z.object({ op: z.literal('lost'), id: ID, count: COUNT }),
  z.object({ op: z.literal('report'), id: ID, source: UUID, about: NAME, counts: COUNTS }),
  z.object({ op: z.literal('raw'), id: ID, raw: RAW, quiet: z.literal(true).optional() }),
]);

/** Throws WIRE_INVALID naming the member, never its value. */
export function admitRequest(json: unknown): SensorRequest {
  return isPlainObserved(json) ? (json as SensorRequest) : admitBySchema(json);
}

/** The same of any request, without a shorter way. */
export function admitBySchema(json: unknown): SensorRequest {
  const parsed = SENSOR_REQUEST.safeParse(json);
  if (parsed.success) return parsed.data as SensorRequest;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new CodedError('WIRE_INVALID', where === '' ? 'not a request' : `member ${where}`);
}
