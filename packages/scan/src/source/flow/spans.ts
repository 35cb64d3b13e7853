import type { Node } from '@babel/types';
import type { Call } from './context.ts';
import type { At } from './machine.ts';
import { clean, ofKind, type Value } from './value.ts';

/** A parameter that is called a span, is one; what else a stranger hands in, is this. */
export function spanOrNothing(parameter: Node, otherwise: Value): Value {
  const name = parameterName(parameter);
  if (/span$/i.test(name)) return ofKind('span');
  return typeName(parameter) === 'Span'
    ? ofKind('span')
    : otherwise.labels === 0
      ? clean()
      : { ...otherwise };
}

export function parameterName(parameter: Node): string {
  if (parameter.type === 'Identifier') return parameter.name;
  if (parameter.type === 'AssignmentPattern') return parameterName(parameter.left);
  if (parameter.type === 'RestElement') return parameterName(parameter.argument);
  return parameter.type === 'TSParameterProperty' ? parameterName(parameter.parameter) : '';
}

function typeName(parameter: Node): string {
  if (parameter.type !== 'Identifier') return '';
  const annotation = parameter.typeAnnotation;
  if (annotation?.type !== 'TSTypeAnnotation') return '';
  const type = annotation.typeAnnotation;
  return type.type === 'TSTypeReference' && type.typeName.type === 'Identifier'
    ? type.typeName.name
    : '';
}

const DOCUMENT =
  /(?:^|\.)(?:el|element|node|dom|svg|canvas|document|body|root|input|button|link|script|style|img|anchor|geometry|attr\w*)$|document\.|querySelector|createElement/i;

/** Does a call set something on a span, rather than on an element of a document? */
export function isSpan({ receiver, receiverText }: Call, at: At): boolean {
  if (receiver?.kind === 'span') return true;
  if (/span/i.test(receiverText)) return true;
  return at.module.traces && receiverText !== '' && !DOCUMENT.test(receiverText);
}
