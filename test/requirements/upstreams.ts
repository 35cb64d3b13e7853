/** Promises about servers elsewhere that a wrapper on stdio reaches. */
export const UPSTREAMS = {
  'upstream:real': {
    behavior:
      'Clients on stdio use real servers over HTTP, of both SDKs and eras, through `spoor run --url`.',
    source: 'docs/gateway.md',
  },
  'upstream:decides': {
    behavior: 'A call that is denied never reaches the server elsewhere.',
    source: 'ARCHITECTURE.md',
  },
  'upstream:conformance': {
    behavior:
      'The official suite finds no difference between a server or client and itself through `spoor run --url`.',
    source: 'test/conformance/README.md',
  },
  'upstream:fails': {
    behavior:
      'Whatever a server elsewhere does wrong, each request gets one answer: a coded error of fixed text.',
    source: 'docs/errors.md',
  },
  'gateway:signs-in': {
    behavior:
      'The official suite finds no difference between a client that signs in and itself through a gateway that observes.',
    source: 'test/conformance/README.md',
  },
  'hub:reports': {
    behavior:
      'What gateways and wrappers count is seen at the hub while they run; its sums only grow.',
    source: 'docs/gateway.md',
  },
  'hub:both-ends': {
    behavior:
      'A wrapped server does not join the hub a second time; ends that both join are two records.',
    source: 'packages/instrument/README.md',
  },
  'upstream:mirror': {
    behavior: 'Headers of modern requests say what the body says, whatever its names are.',
    source: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/transports',
  },
  'upstream:session': {
    behavior:
      'A legacy session is named in every request, its streams are taken up again, and its end is said.',
    source: 'https://modelcontextprotocol.io/specification/2025-11-25/basic/transports',
  },
  'upstream:leaves': {
    behavior:
      'A client that leaves, cancels or stops reading is told to the server as HTTP says it.',
    source: 'https://modelcontextprotocol.io/specification/2026-07-28/basic/transports',
  },
  'upstream:redirects': {
    behavior: 'Credentials follow a redirect only within the origin that they were given for.',
    source: 'docs/gateway.md',
  },
  'init:remote': {
    behavior:
      'An entry with an address is wrapped with its headers moved to its environment, and back.',
    source: 'docs/init.md',
  },
  'upstream:secrets': {
    behavior:
      'Credentials for a server elsewhere come from the environment and stand in no argument.',
    source: 'docs/gateway.md',
  },
} as const;
