import type { Caller } from '../caller.ts';

/** Who asks over HTTP, or why nobody who does is answered. */
export type Admitted =
  | { readonly status: 'admitted'; readonly caller: Caller }
  | { readonly status: 'refused'; readonly response: Response };

export interface Admission {
  /** What is to be published of it (RFC 9728), and under which path. */
  readonly metadata?: { readonly path: string; readonly document: object };
  admit(request: Request): Promise<Admitted>;
  close(): Promise<void>;
}

/** The same for everybody who reaches the port. */
export const admitAll = (caller: Caller): Admission => ({
  admit: () => Promise.resolve({ status: 'admitted', caller }),
  close: () => Promise.resolve(),
});
