import { ATTRIBUTE_OF, KINDS } from '../export-rules/attributes.ts';
import { CONTENT_FIELDS, FIELDS, type Field, FLOW_FIELDS } from '../schema.ts';
import { ocsfName, VALUES } from './names.ts';

/** `docs/mcp-log-schema.md`. */
export function renderSchemaDocs(): string {
  return [
    '# MCP log schema',
    '',
    'Fields that rules may name, with `logsource: { product: mcp }`. A field of several values matches where one of',
    'them does. Generated from `packages/detect/src/schema.ts`; [mcp-log-schema.json](mcp-log-schema.json) is the same as a JSON',
    'Schema of one record. OpenTelemetry has the field where a span has the attribute; OCSF in API Activity (6003).',
    '',
    '| Field | Type | Meaning | OpenTelemetry | OCSF |',
    '| --- | --- | --- | --- | --- |',
    ...FIELDS.map(({ name, type, about }) => {
      const names = [otelName(name), ocsfName(name)].map((one) => (one ? `\`${one}\`` : ''));
      return `| \`${name}\` | ${type} | ${cell(about)} | ${names.join(' | ')} |`;
    }),
    '',
    '## Flows',
    '',
    'Within one selection, all fields of `flow.*` speak of the same flow. No span has them; in OCSF they belong into `unmapped`.',
    '',
    ...table(FLOW_FIELDS),
    '',
    '## Content',
    '',
    'Content itself is in no record. Tests of it are answered where it is examined; where they were not asked, the answer is',
    '“not covered” ([sigma.md](sigma.md)).',
    '',
    ...table(CONTENT_FIELDS.map(({ name, about }) => ({ name, type: 'text', about }))),
    '',
  ].join('\n');
}

interface Row {
  readonly name: string;
  readonly type: string;
  readonly about: string;
}

const table = (fields: readonly Row[]): readonly string[] => [
  '| Field | Type | Meaning |',
  '| --- | --- | --- |',
  ...fields.map(({ name, type, about }) => `| \`${name}\` | ${type} | ${cell(about)} |`),
];

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();

/** The span attribute that says the same. */
function otelName(field: string): string | undefined {
  return field === 'kind' ? KINDS['tool.call']?.[0] : ATTRIBUTE_OF[field];
}

const TYPES = {
  string: (values?: readonly string[]) => ({ type: 'string', ...(values && { enum: values }) }),
  number: () => ({ type: 'number' }),
  boolean: () => ({ type: 'boolean' }),
  strings: (values?: readonly string[]) => ({
    type: 'array',
    items: { type: 'string', ...(values && { enum: values }) },
  }),
} as const;

function property<Source>({ name, type, about }: Field<Source>): object {
  const otel = otelName(name);
  return {
    ...TYPES[type](VALUES[name]),
    description: about.replaceAll('`', ''),
    ...(otel === undefined ? {} : { 'x-opentelemetry': otel }),
    'x-ocsf': ocsfName(name),
  };
}

const properties = <Source>(fields: readonly Field<Source>[]): object =>
  Object.fromEntries(fields.map((field) => [field.name, property(field)]));

/** `docs/mcp-log-schema.json`: a JSON Schema of one record. */
export function renderJsonSchema(): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'MCP log record',
    description:
      'What an MCP message was, as facts: never its content. Rules in Sigma name these fields.',
    type: 'object',
    required: ['kind', 'outcome', 'session', 'server.name'],
    properties: {
      ...properties(FIELDS),
      flows: {
        type: 'array',
        description: 'Values of earlier results in the arguments.',
        items: { type: 'object', properties: properties(FLOW_FIELDS), additionalProperties: false },
      },
    },
    additionalProperties: false,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
