/** What `@spoor/instrument` promises. */
export const IN_PROCESS = {
  'sample:own-sdk': {
    behavior: "In somebody's own OpenTelemetry, security events and their sessions are all kept.",
    source: 'packages/instrument/README.md',
  },
  'inprocess:copies': {
    behavior: 'One flag instruments every copy of the MCP SDKs that a process loads.',
    source: 'packages/instrument/README.md',
  },
  'inprocess:in-place': {
    behavior: 'Instrumenting changes a transport in place, twice is once, and it can be undone.',
    source: 'packages/instrument/README.md',
  },
  'inprocess:conventions': {
    behavior: 'Both ends of a call have the spans and metrics that the conventions ask for.',
    source: 'packages/instrument/README.md',
  },
  'inprocess:one-call': {
    behavior: 'Legs, retries with input and polls of a task carry the id of one call.',
    source: 'packages/instrument/README.md',
  },
  'inprocess:covered': {
    behavior: "A call within an agent framework's `execute_tool` span gets no second span.",
    source: 'packages/instrument/README.md',
  },
  'inprocess:cause': {
    behavior: 'A call that a handler makes is told as nested in the call that it serves.',
    source: 'packages/instrument/README.md',
  },
  'inprocess:intent': {
    behavior: 'All calls within a prompt carry its cluster, and none its text.',
    source: 'packages/instrument/README.md',
  },
  'inprocess:hub': {
    behavior:
      'Joined to a hub, a program is decided on, recorded and sealed like a wrapped server.',
    source: 'packages/instrument/README.md',
  },
  'inprocess:hub-gone': {
    behavior: 'A hub that is absent or dies breaks no program, and what it missed is counted.',
    source: 'packages/instrument/README.md',
  },
  'inprocess:no-content': {
    behavior: 'No field of a conversation gets onto spans, and no context of ours to a peer.',
    source: 'bench/LEAKS.md',
  },
  'inprocess:conformance': {
    behavior: 'The official suite finds no difference between a server and the same instrumented.',
    source: 'docs/conformance.md',
  },
  'inprocess:size': {
    behavior: 'What works without a hub weighs at most 25 KiB, minified and compressed.',
    source: 'packages/instrument/README.md',
  },
  'inprocess:packed': {
    behavior: 'The packed instrumentation works as ESM and as CJS, by call and by flag.',
    source: 'packages/instrument/README.md',
  },
} as const;
