import type { HostCredential, RefusedAttempt, Resolve, TlsFiles } from '@spoor/edge';

/** A backend as its owner configured it. */
export interface BackendSettings {
  readonly kind: 'victoriatraces' | 'jaeger' | 'tempo';
  /** Its root; a path in front of the backend's own is kept. */
  readonly entrypoint: URL;
  /** Plain HTTP to others than loopback, where anybody in between reads along. */
  readonly insecure?: boolean;
  /** Further hosts that it may redirect to, as `host` or `host:port`. */
  readonly allowedHosts?: readonly string[];
  readonly credentials?: readonly HostCredential[];
  /** Sent to the entry point alone; checked, and never one that says whose data is read. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: TlsFiles;
  /** Whose data is read where a question does not say. */
  readonly tenant?: string;
}

/** What holds for all backends of one process. */
export interface ReaderOptions {
  /** An answer led elsewhere, or the entry point is where nothing may go: worth a detection. */
  readonly onRefused?: (attempt: RefusedAttempt) => void;
  /** Shorter than the limits say, for tests and impatient owners. */
  readonly answerMs?: number;
  readonly bytesMax?: number;
  /** The system's, but for tests. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly resolve?: Resolve;
}
