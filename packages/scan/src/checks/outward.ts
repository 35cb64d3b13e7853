import { MOVED } from '../sink/downstream.ts';
import { around, type DynamicCheck, oncePerPlace } from './check.ts';

const NO_CALL = 'no tool called the loopback neighbour';

const loopbackReachable: DynamicCheck = {
  check: {
    id: 'private-addresses',
    title: 'Tools do not fetch from private addresses',
    severity: 'medium',
    points: 8,
    catalogue: ['owasp-mcp:MCP05', 'cosai:T3', 'cosai:T8', 'cwe:918'],
    remedy:
      'Resolve the name, refuse loopback, private and link-local addresses, connect to what was checked.',
    example:
      'new Agent({ connect: { lookup: publicOnly } }); // fails for anything but public unicast',
  },
  judge: ({ runs }) => {
    const calls = runs.flatMap(({ phases }) => phases.flatMap(({ calls: own }) => own));
    const urls = calls.filter(({ params }) =>
      JSON.stringify(params).includes('"http://127.0.0.1:'),
    );
    if (urls.length === 0) return 'no tool takes a URL';
    const [first] = runs.flatMap(({ downstream }) => downstream);
    if (first === undefined) return [];
    return [
      {
        what: 'A tool fetched an address of the loopback interface that its caller named',
        where: 'downstream request',
        evidence: `${first.method} ${first.path.split('?')[0]} host: ${first.host}`,
        reproduce: `Call the tool with a URL of 127.0.0.1 (${urls[0]?.label ?? ''})`,
      },
    ];
  },
};

const credentialsOnRedirect: DynamicCheck = {
  check: {
    id: 'credentials-on-redirect',
    title: 'Credentials do not follow a redirect to another host',
    severity: 'high',
    points: 10,
    catalogue: ['owasp-mcp:MCP01', 'cosai:T1', 'cwe:522'],
    remedy: 'Follow redirects yourself and drop all headers of your own where the origin changes.',
    example: 'const next = new URL(location, url);\nif (next.origin !== url.origin) headers = {};',
  },
  judge: ({ runs, canaries }) => {
    const requests = runs.flatMap(({ downstream }) => downstream);
    const asked = requests.filter(({ path }) => path.startsWith(MOVED));
    const moved = requests.filter(({ host }) => host.startsWith('localhost'));
    const hasSecret = ({
      headers,
    }: {
      readonly headers: Readonly<Record<string, string>>;
    }): boolean => credentialsIn(headers).length > 0;
    if (asked.length === 0) return NO_CALL;
    const credentialsIn = (headers: Readonly<Record<string, string>>): readonly string[] =>
      Object.entries(headers)
        .filter(([, text]) =>
          canaries.in(text).some(({ shape }) => shape === 'secret' || shape === 'environment'),
        )
        .map(([name]) => name);
    if (!asked.some(hasSecret)) return 'no tool sent a credential to the neighbour';
    return oncePerPlace(
      moved.flatMap(({ headers, host }) =>
        credentialsIn(headers).map((name) => ({
          what: `The header ${name} with a credential went on to another host`,
          where: `downstream request: ${name}`,
          evidence: `host: ${host} ${name}: ${around(headers[name] ?? '', 'sk-live')}`,
          reproduce: 'Call the tool with a URL that answers 302 to another host',
        })),
      ),
    );
  },
};

const customHeaders: DynamicCheck = {
  check: {
    id: 'custom-headers',
    title: 'Callers do not choose any header of outgoing requests',
    severity: 'low',
    points: 4,
    catalogue: ['cosai:T3', 'cwe:113'],
    remedy:
      'Allow the headers that the tool is for, by name; never Host, Cookie or forwarding ones.',
    example: "const ALLOWED = new Set(['accept', 'accept-language']);",
  },
  judge: ({ runs, canaries }) => {
    const requests = runs.flatMap(({ downstream }) => downstream);
    if (requests.length === 0) return NO_CALL;
    return oncePerPlace(
      requests.flatMap(({ headers }) =>
        Object.entries(headers)
          .filter(([name]) => FORWARDING.has(name))
          .flatMap(([name, text]) =>
            canaries
              .in(text)
              .filter(({ shape }) => shape === 'text')
              .map((canary) => ({
                what: `A caller sets the header ${name} of requests that the tool makes`,
                where: `downstream request: ${name}`,
                evidence: `${name}: ${around(text, canary.token)}`,
                reproduce: `${canary.origin} was ${canary.value}`,
              })),
          ),
      ),
    );
  },
};

const FORWARDING: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'x-forwarded-host',
  'x-real-ip',
  'forwarded',
  'cookie',
]);

export const OUTWARD_CHECKS: readonly DynamicCheck[] = [
  credentialsOnRedirect,
  loopbackReachable,
  customHeaders,
];
