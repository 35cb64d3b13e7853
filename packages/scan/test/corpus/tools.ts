import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { isIP } from 'node:net';
import { has } from './faults.ts';
import { type Args, type Meta, outgoing, tellMore, traced, traceId } from './telemetry.ts';

export interface Outcome {
  readonly [key: string]: unknown;
  readonly content: { readonly type: 'text'; readonly text: string }[];
  readonly isError?: boolean;
  readonly _meta?: Record<string, unknown>;
}

const TOOLS: Readonly<Record<string, (args: Args, meta: Meta) => Promise<string>>> = {
  read_note: async ({ path }) => readFileSync(String(path), 'utf8'),
  find_entry: async ({ query }) => `No entry has ${String(query).length} letters.`,
  get_page: (args, meta) => page(args, meta),
  check_name: async ({ name }) => `${String(name).length} letters, and free.`,
  'Find-Entry': async () => 'Nothing.',
  run_command: async () => 'Done.',
};

let calls = 0;

/** One call, as every SDK hands it on. Throws where the tool is unknown. */
export async function call(name: string, args: Args, meta: Meta): Promise<Outcome> {
  calls += 1;
  if (has('stderr-args')) console.error(`calling ${name} with ${JSON.stringify(args)}`);
  if (has('flood')) flood();
  await tellMore(name, args, calls);
  try {
    const text = await traced(name, args, meta, () => answer(name, args, meta));
    const _meta = has('trace-meta') ? { traceparent: meta.traceparent ?? '' } : undefined;
    return { content: [{ type: 'text', text }], ...(_meta === undefined ? {} : { _meta }) };
  } catch (error) {
    const shown = has('stack-in-error') ? String((error as Error).stack) : 'The call failed.';
    return { content: [{ type: 'text', text: shown }], isError: true };
  }
}

async function answer(name: string, args: Args, meta: Meta): Promise<string> {
  const tool = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
  if (tool === undefined) throw new Error('no such tool');
  const wrong = Object.values(args).some((value) => typeof value !== 'string');
  if (wrong && has('no-validation')) return 'Done.';
  if (wrong) throw new Error('an argument is no text');
  const text = await tool(args, meta);
  const secret = has('env-in-result') ? ` ${process.env.SERVICE_API_KEY}` : '';
  return has('trace-body') ? `${text}${secret} (trace ${traceId()})` : `${text}${secret}`;
}

function page({ url, apiKey, forwardedFor }: Args, meta: Meta): Promise<string> {
  const target = new URL(String(url));
  if (isIP(target.hostname) !== 0 && !has('fetch-private'))
    return Promise.reject(new Error('not a public address'));
  const own = typeof apiKey === 'string' ? { 'x-api-key': apiKey } : {};
  const asked =
    has('any-header') && typeof forwardedFor === 'string'
      ? { 'x-forwarded-for': forwardedFor }
      : {};
  return get(target, { ...outgoing(meta), ...own, ...asked }, 1);
}

function get(url: URL, headers: Record<string, string>, hops: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers }, (response) => {
      const { location } = response.headers;
      response.resume();
      response.on('end', () => {
        if (location === undefined || hops === 0) resolve(`${response.statusCode} answered`);
        else {
          const next = new URL(location, url);
          const keep = has('token-follows') || next.origin === url.origin;
          resolve(get(next, keep ? headers : {}, hops - 1));
        }
      });
    });
    asking.on('error', reject);
    asking.end();
  });
}

function flood(): void {
  const line = `${'A'.repeat(1_048_576)}\n`;
  for (let i = 0; i < 200; i++) process.stdout.write(line);
}
