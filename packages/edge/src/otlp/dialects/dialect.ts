import type { ObservationKind } from '@spoor/core';

/**
 * What an attribute says of a call. `input` and `output` are what their span's kind makes of them:
 * arguments and result, or a prompt and its answer. `name` and `uri` are of the tool, prompt or
 * resource that the method says.
 */
export type Meaning =
  | 'method'
  | 'kind'
  | 'tool'
  | 'prompt'
  | 'name'
  | 'server'
  | 'requestId'
  | 'protocolVersion'
  | 'transport'
  | 'errorType'
  | 'statusCode'
  | 'isError'
  /** Content, of which scheme and digest are kept. */
  | 'uri'
  /** Content of the call. */
  | 'arguments'
  | 'argument'
  | 'result'
  | 'input'
  | 'output'
  | 'error'
  /** Content of some other kind, such as instructions, and names of persons. */
  | 'content'
  /** Of no interest, and no content. */
  | 'none';

/** How one instrumentation names things. Data: nothing here decides anything. */
export interface Dialect {
  readonly name: string;
  readonly attributes: Readonly<Record<string, Meaning>>;
  /** Of names that begin so. */
  readonly prefixes?: Readonly<Record<string, Meaning>>;
  /** What the words of its `kind` attributes stand for. */
  readonly kinds?: Readonly<Record<string, ObservationKind>>;
  /** Ending of span names that stand for a method, where no attribute says it. */
  readonly methodSuffix?: string;
}
