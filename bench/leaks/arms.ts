import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What an arm does with a client or server before it is used; it may be another object then. */
export interface Arm {
  client<Target>(client: Target): Target;
  server<Target>(server: Target): Target;
  /** Runs a client's work as what a prompt asked for, where the arm knows of prompts. */
  intent<Value>(prompt: string, work: () => Value): Value;
  /** Spans that did not go to OpenTelemetry, as text. */
  spans(): Promise<string>;
}

export const ARMS = ['spoor', 'traceloop', 'autotel', 'openinference', 'sentry'] as const;
export type ArmName = (typeof ARMS)[number];

/** Exact versions, as the table names them. */
export const VERSIONS: Readonly<Record<Exclude<ArmName, 'spoor'>, string>> = {
  traceloop: '@traceloop/instrumentation-mcp@0.27.0',
  autotel: 'autotel-mcp-instrumentation@56.0.0',
  openinference: '@arizeai/openinference-instrumentation-mcp@0.2.33',
  sentry: '@sentry/core@11.12.0',
};

/** What the other arms run on. */
export const GROUND: readonly string[] = [
  'autotel@7.9.0',
  '@modelcontextprotocol/sdk@1.32.2',
  '@opentelemetry/api@1.9.1',
  '@opentelemetry/context-async-hooks@2.12.0',
  '@opentelemetry/core@2.12.1',
  '@opentelemetry/sdk-trace@2.12.1',
];

export type Load = (name: string) => Readonly<Record<string, unknown>>;

/** @param folder Where `node_modules` lies. One copy of each module, as `require` gives it. */
export function loader(folder: string): Load {
  const require = createRequire(join(folder, 'here.js'));
  return (name) => require(name) as Readonly<Record<string, unknown>>;
}

const same = <Target>(target: Target): Target => target;

const PLAIN: Arm = {
  client: same,
  server: same,
  intent: (_, work) => work(),
  spans: () => Promise.resolve(''),
};

/** With every setting as it is by default. */
export async function armOf(name: ArmName, load: Load): Promise<Arm> {
  switch (name) {
    case 'spoor':
      return spoor();
    case 'traceloop':
      return traceloop(load);
    case 'autotel':
      return autotel(load);
    case 'openinference':
      return openinference(load);
    case 'sentry':
      return sentry(load);
  }
}

async function spoor(): Promise<Arm> {
  const { instrument, withIntent } = await import('@spoor/instrument');
  return {
    ...PLAIN,
    client: (client) => instrument(client),
    server: (server) => instrument(server),
    intent: (prompt, work) => withIntent(prompt, work),
  };
}

type Constructor = new (
  ...given: readonly unknown[]
) => {
  manuallyInstrument(modules: object): void;
  setTracerProvider(provider: unknown): void;
};

function traceloop(load: Load): Arm {
  const Instrumentation = load('@traceloop/instrumentation-mcp').McpInstrumentation as Constructor;
  const instrumentation = new Instrumentation();
  const { Client } = load('@modelcontextprotocol/sdk/client/index.js');
  const { Server } = load('@modelcontextprotocol/sdk/server/index.js');
  instrumentation.manuallyInstrument({ Client });
  instrumentation.manuallyInstrument({ Server });
  return PLAIN;
}

type Wrap = <Target>(target: Target) => Target;

function autotel(load: Load): Arm {
  const wrapClient = load('autotel-mcp-instrumentation/client').instrumentMcpClient as Wrap;
  const wrapServer = load('autotel-mcp-instrumentation/server').instrumentMcpServer as Wrap;
  return {
    ...PLAIN,
    client: (client) => wrapClient(client),
    server: (server) => wrapServer(server),
  };
}

function openinference(load: Load): Arm {
  const { MCPInstrumentation } = load('@arizeai/openinference-instrumentation-mcp');
  new (MCPInstrumentation as Constructor)().manuallyInstrument({
    clientStdioModule: load('@modelcontextprotocol/sdk/client/stdio.js'),
    serverStdioModule: load('@modelcontextprotocol/sdk/server/stdio.js'),
  });
  return PLAIN;
}

type Send = (request: { readonly body: string | Uint8Array }) => Promise<object>;

interface SentryCore {
  readonly ServerRuntimeClient: new (
    options: object,
  ) => {
    init(): void;
    flush(ms: number): Promise<boolean>;
  };
  setCurrentClient(client: object): void;
  wrapMcpServerWithSentry: Wrap;
  createTransport(options: object, send: Send): object;
}

function sentry(load: Load): Arm {
  const core = {
    ...load('@sentry/core'),
    ...load('@sentry/core/server'),
  } as unknown as SentryCore;
  const bodies: string[] = [];
  const keep: Send = async ({ body }) => {
    bodies.push(typeof body === 'string' ? body : new TextDecoder().decode(body));
    return {};
  };
  const client = new core.ServerRuntimeClient({
    dsn: 'https://key@sentry.invalid/1',
    tracesSampleRate: 1,
    integrations: [],
    stackParser: () => [],
    // Everything that would go out, whatever its form.
    transport: (options: object) => core.createTransport(options, keep),
  });
  core.setCurrentClient(client);
  client.init();
  return {
    ...PLAIN,
    server: (server) => core.wrapMcpServerWithSentry(server),
    spans: async () => {
      await client.flush(1_000);
      return bodies.join('\n');
    },
  };
}
