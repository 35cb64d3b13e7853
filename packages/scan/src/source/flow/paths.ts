import type { Node } from '@babel/types';

/** Without types, parentheses and `await` around it. */
export function bare(node: Node): Node {
  let inner = node;
  for (;;) {
    if (
      inner.type === 'TSAsExpression' ||
      inner.type === 'TSNonNullExpression' ||
      inner.type === 'TSSatisfiesExpression' ||
      inner.type === 'TSTypeAssertion' ||
      inner.type === 'ParenthesizedExpression' ||
      inner.type === 'TSInstantiationExpression'
    )
      inner = inner.expression;
    else if (inner.type === 'AwaitExpression') inner = inner.argument;
    else return inner;
  }
}

/** `args.mode`, `this.config.url`, `entries[key]`; nothing where it is no such chain. */
export function pathOf(node: Node): string | undefined {
  const inner = bare(node);
  if (inner.type === 'Identifier') return inner.name;
  if (inner.type === 'ThisExpression') return 'this';
  if (inner.type !== 'MemberExpression' && inner.type !== 'OptionalMemberExpression')
    return undefined;
  const object = pathOf(inner.object);
  if (object === undefined) return undefined;
  if (inner.computed) {
    const index = keyText(inner.property) ?? pathOf(inner.property);
    return index === undefined ? undefined : `${object}[${index}]`;
  }
  return `${object}.${nameOf(inner.property)}`;
}

const nameOf = (node: Node): string => {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'PrivateName' ? `#${node.id.name}` : '?';
};

/** The name of a property where it is written out. */
export function propertyName(node: Node, computed: boolean): string | undefined {
  if (!computed && (node.type === 'Identifier' || node.type === 'PrivateName')) return nameOf(node);
  return keyText(node);
}

function keyText(node: Node): string | undefined {
  if (node.type === 'StringLiteral') return node.value;
  if (node.type === 'NumericLiteral') return String(node.value);
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}

/** Names that an expression speaks of, for what a person would read in it. */
export function wordsOf(node: Node, source: string, charsMax = 400): string {
  return source.slice(node.start ?? 0, Math.min(node.end ?? 0, (node.start ?? 0) + charsMax));
}
