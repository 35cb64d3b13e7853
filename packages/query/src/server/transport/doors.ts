import {
  hostHeaderValidationResponse,
  originValidationResponse,
} from '@modelcontextprotocol/server';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'] as const;

/**
 * Who may call at all: a page in the user's browser may reach any port, by a name that leads to the
 * loopback or directly. Host is checked always, Origin where there is one.
 */
export const doorkeeper =
  (hosts: readonly string[], origins: readonly string[]) =>
  (request: Request): Response | undefined => {
    const names = [...LOOPBACK, ...hosts];
    const origin = request.headers.get('origin');
    return (
      hostHeaderValidationResponse(request, names) ??
      (origin !== null && origins.includes(origin)
        ? undefined
        : originValidationResponse(request, names))
    );
  };

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
