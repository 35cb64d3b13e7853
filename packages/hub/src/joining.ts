import { type ContentAsked, goesOn, type SealedContent } from '@spoor/core';
import { type ContentMatcher, contentMatcher } from '@spoor/detect/sense';
import {
  type Begun,
  type Hello,
  keysOf,
  type RawRequest,
  type SensorRequest,
  type Welcome,
  WIRE_PROTOCOL,
} from '@spoor/edge';
import type { Ledger } from '@spoor/ledger';
import type { Connection } from './decide/admission.ts';
import type { Decisions } from './decide/decisions.ts';
import { type Node, onNode } from './decide/node.ts';
import { Pairs } from './decide/pairs.ts';
import type { Session, Sessions } from './decide/sessions.ts';
import type { Stops } from './decide/stops.ts';
import type { Identifier } from './identify/identifier.ts';
import type { HubOptions } from './options.ts';
import type { PolicyFile } from './policy.ts';
import { RawSensor } from './raw.ts';
import type { Reports } from './reports.ts';
import type { Secrets } from './secrets.ts';
import type { Joined } from './sensors.ts';
import type { Silences } from './silent.ts';

interface Joining {
  readonly options: HubOptions;
  readonly secrets: Secrets;
  readonly sessions: Sessions;
  readonly identifier: Identifier;
  readonly decisions: Decisions;
  readonly ledger: Ledger;
  readonly policy: PolicyFile;
  readonly counts: Record<string, number>;
  readonly recipients: () => readonly string[];
  readonly reports: Reports;
  readonly silences: Silences;
  readonly stops: Pick<Stops, 'notice'>;
  /** What the rules ask of content. */
  readonly asked: ContentAsked | undefined;
  /** Asks for the embedding of a prompt. */
  readonly embed: (call: string, text: string) => void;
}

/**
 * Makes a connection out of a sensor's `hello`: its session, its principal, and what its requests
 * do.
 */
export function joiner(joining: Joining): (hello: Hello, node?: Node) => Joined {
  const { sessions, identifier } = joining;
  const pairs = new Pairs();
  const content = contentMatcher(joining.asked);
  return (said, node) => {
    const hello = node === undefined ? said : onNode(said, node);
    const { session, parent } = sessions.resolve(
      hello.host,
      Date.now(),
      hello.session,
      hello.hostSession,
    );
    const { open, leave } = sessions.serve(hello.server, session);
    const isHook = hello.sensor.kind === 'hook';
    const inFront = isHook ? undefined : sessions.front(session, hello.server.name);
    const elsewhere = isHook && sessions.isFronted(session, hello.server.name);
    const connection: Connection = {
      hello,
      session,
      principal: identifier.principal(hello, node),
      ...(node === undefined ? {} : { node: node.name }),
      open,
      ...(parent === undefined ? {} : { around: parent.calls }),
    };
    let raw: RawSensor | undefined;
    return {
      connection,
      welcome: {
        ...welcomeTo(session, joining),
        ...joining.stops.notice(connection),
        ...(elsewhere ? { elsewhere } : {}),
      } satisfies Welcome,
      leave: () => {
        leave();
        inFront?.();
        joining.silences.left(connection, Date.now());
        joining.decisions.withdraw(connection);
        joining.reports.left(connection);
      },
      handle: (request, sealed, bytes) => {
        if (request.op !== 'raw') {
          return handle(request, sealed, bytes, connection, joining, pairs);
        }
        raw ??= rawSensor(connection, content, joining);
        return raw.handle(request.raw, bytes);
      },
    };
  };
}

function handle(
  request: Exclude<SensorRequest, Hello | RawRequest>,
  sealed: readonly SealedContent[],
  bytes: Uint8Array,
  connection: Connection,
  { decisions, identifier, ledger, counts, options, sessions, embed, reports }: Joining,
  pairs: Pairs,
): Promise<object> | object {
  switch (request.op) {
    case 'begin':
      return identifier.inOrder(connection, request.observation.id, request.identity, (who) => {
        const begun = decisions.begin(connection, request.observation, sealed, who);
        const note = ({ decision }: Begun): void => {
          if (goesOn(decision) || decision.action === 'ask')
            pairs.begun(connection, request.observation);
        };
        if (begun instanceof Promise) begun.then(note, () => undefined);
        else note(begun);
        return begun;
      });
    case 'embed':
      return identifier.inOrder(connection, '', undefined, () => {
        if (options.embedding !== undefined) {
          sessions.embedding(connection.session, request.call);
          embed(request.call, request.text);
        }
        return {};
      });
    case 'answer':
      return decisions.elicited(connection, request).then(() => ({}));
    case 'find':
      return identifier.inOrder(connection, '', undefined, () =>
        pairs.take(connection, request.tool, request.pair),
      );
    case 'end':
      return identifier.inOrder(connection, request.observation.id, request.identity, (who) =>
        decisions.end(connection, request.observation, sealed, who),
      );
    case 'key':
      return ledger.keepKey(connection.session.id, request.kek, bytes).then(() => ({}));
    case 'report':
      reports.take(connection, request, Date.now());
      return {};
    case 'lost': {
      const { count } = request;
      counts.lost = (counts.lost ?? 0) + count;
      ledger.append({ kind: 'events.dropped', session: connection.session.id, detail: { count } });
      return {};
    }
  }
}

const rawSensor = (
  connection: Connection,
  content: ContentMatcher,
  { options, secrets, decisions, identifier, ledger, recipients }: Joining,
): RawSensor =>
  new RawSensor({
    connection,
    decisions,
    identifier,
    keys: keysOf({
      ...secrets.sessionKeys(connection.session.id),
      definitionKey: secrets.definitionKey,
    }),
    project: options.project,
    content,
    random: options.random,
    recipients: recipients(),
    keepKey: (kek, wrapped) => ledger.keepKey(connection.session.id, kek, wrapped),
  });

const welcomeTo = (
  session: Session,
  { options, secrets, policy, recipients, asked }: Joining,
): Welcome => ({
  protocol: WIRE_PROTOCOL,
  version: options.version,
  session: session.id,
  ...secrets.sessionKeys(session.id),
  definitionKey: secrets.definitionKey,
  recipients: recipients(),
  policy: policy.policy,
  project: options.project,
  budgetMs: options.budgetMs,
  ...(options.embedding === undefined ? {} : { embeds: true }),
  ...(asked === undefined ? {} : { asked }),
});
