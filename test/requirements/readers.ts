/** Promises about questions to backends of traces, and about what is sent outward for them. */
export const READERS = {
  'backends:read': {
    behavior:
      'A trace reads the same from each backend: as it was sent, and by the same words of a question.',
    source: 'docs/backends.md',
  },
  'backends:refused': {
    behavior:
      'No name, id, tag or tenant of a question leaves its place in the request to a backend.',
    source: 'docs/backends.md',
  },
  'backends:failures': {
    behavior: 'Whatever a backend does wrong is a coded error in time, and never an empty answer.',
    source: 'docs/backends.md',
  },
  'backends:bounded': {
    behavior:
      'A thousand questions to a bad backend cost little memory, and do not hold up other backends.',
    source: 'docs/backends.md',
  },
  'backends:hub': {
    behavior:
      'What the hub recorded can be read as traces, sessions, alerts, chains and proved entries.',
    source: 'docs/backends.md',
  },
  'outbound:forbidden': {
    behavior:
      'Link-local and metadata addresses are never reached, also where the owner named their host.',
    source: 'docs/backends.md',
  },
  'outbound:named': {
    behavior:
      'A client for named hosts reaches no other, by no spelling, name, redirect or change of name.',
    source: 'docs/backends.md',
  },
  'outbound:plain': {
    behavior: 'Plain HTTP leaves this machine only where the owner has said so.',
    source: 'docs/backends.md',
  },
  'outbound:inflated': {
    behavior: 'The limit of an answer holds for what it is once it is inflated.',
    source: 'docs/backends.md',
  },
  'outbound:credentials': {
    behavior:
      'Each origin is shown its own credentials alone, read anew from file, environment or command.',
    source: 'docs/backends.md',
  },
  'outbound:headers': {
    behavior:
      'No header of an owner can change the host, the length or the connection of a request.',
    source: 'https://www.rfc-editor.org/rfc/rfc9110',
  },
  'outbound:reported': {
    behavior:
      'Each attempt to reach a host that is not allowed is told to whoever made the client.',
    source: 'docs/backends.md',
  },
} as const;
