import { createServer } from 'node:net';
import { join } from 'node:path';
import { type CheckResult, type Report, scan } from '../src/index.ts';

const CORPUS = join(import.meta.dirname, 'corpus');

export interface Twin {
  readonly faults?: readonly string[];
  readonly sdk?: 'v1' | 'v2';
  readonly protocol?: 'protobuf' | 'json' | 'grpc';
  /** The exporter's variables, as its owner has set them. */
  readonly exporter?: Readonly<Record<string, string>>;
}

const environment = ({
  faults = [],
  sdk = 'v1',
  protocol = 'protobuf',
  exporter,
}: Twin): Record<string, string> => ({
  CORPUS_FAULTS: faults.join(','),
  CORPUS_SDK: sdk,
  CORPUS_PROTOCOL: protocol,
  CORPUS_TOKEN,
  ...exporter,
});

/** The corpus exports within a tenth of a second. */
const EXPORT_MS = 4_000;

const CORPUS_TOKEN = 'sesame-of-the-corpus';

/** Scans a server of the corpus over stdio. */
export async function scanTwin(twin: Twin): Promise<Report> {
  const command = [process.execPath, join(CORPUS, 'server.ts')];
  const options = { scanner: 'test', env: environment(twin), exportMs: EXPORT_MS };
  return (await scan({ kind: 'command', command }, options)).report;
}

/** Likewise over HTTP. */
export async function scanHttpTwin(twin: Twin): Promise<Report> {
  const port = await freePort();
  const command = [process.execPath, join(CORPUS, 'http-server.ts'), String(port)];
  const url = new URL(`http://127.0.0.1:${port}/mcp`);
  const headers = { authorization: `Bearer ${CORPUS_TOKEN}` };
  const options = { scanner: 'test', env: environment(twin), headers };
  return (await scan({ kind: 'command', command, url }, options)).report;
}

/** Scans a server that behaves badly, over stdio; it has no telemetry to wait for. */
export async function scanSmall(behaviour: string, name: string = 'look'): Promise<Report> {
  const command = [process.execPath, join(CORPUS, 'small.ts'), behaviour, name];
  return (await scan({ kind: 'command', command }, { scanner: 'test', exportMs: 500 })).report;
}

export const idsOf = ({ results }: Report, status: CheckResult['status']): readonly string[] =>
  results
    .filter((result) => result.status === status)
    .map(({ check }) => check.id)
    .sort();

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
