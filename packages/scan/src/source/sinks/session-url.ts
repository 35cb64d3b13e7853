import type { Node } from '@babel/types';
import { argument, type Call } from '../flow/context.ts';
import type { At } from '../flow/machine.ts';
import { texts, type Value } from '../flow/value.ts';

const CHECK = 'source-session-in-url';
const ENDS_WITH_SESSION = /[?&](?:mcp[-_]?)?(?:session[-_]?(?:id)?|sid)=$/i;
const NAME = /^(?:mcp[-_]?)?session[-_]?id$|^sid$/i;

/** `?sessionId=${id}`, `url + '&sid=' + id`. */
export function sessionText(node: Node, values: readonly Value[], at: At): void {
  const before =
    node.type === 'TemplateLiteral'
      ? node.quasis.slice(0, -1).map((quasi) => quasi.value.cooked ?? '')
      : values.slice(0, 1).flatMap(texts);
  if (before.some((text) => ENDS_WITH_SESSION.test(text)))
    at.machine.report(CHECK, node, at, 'A session id becomes part of a URL');
}

/** `url.searchParams.set('sessionId', id)`, `req.query.get('sessionId')`. */
export function sessionCall(call: Call, at: At): void {
  if (!/[sS]earchParams|\bquery\b/.test(call.receiverText)) return;
  at.machine.look(CHECK);
  const isAccess = /^(?:set|append|get)$/.test(call.name);
  if (isAccess && texts(argument(call, 0)).some((text) => NAME.test(text)))
    at.machine.report(CHECK, call.node, at, 'A session id is part of a URL');
}

/** `req.query.sessionId`. */
export function sessionRead(object: Value, name: string, node: Node, at: At): void {
  if (object.kind !== 'query') return;
  at.machine.look(CHECK);
  if (NAME.test(name)) at.machine.report(CHECK, node, at, 'A session id is read from a URL');
}
