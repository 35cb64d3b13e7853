import { CodedError, LIMITS } from '@spoor/core';
import { type Enrolment, readEnrolment } from '@spoor/edge/enrolment';
import type { Home } from '@spoor/edge/home';
import type { Hello } from '@spoor/edge/wire';

/** Where this machine's hub is. */
export type Place =
  | { readonly kind: 'here' }
  | { readonly kind: 'elsewhere'; readonly enrolment: Enrolment }
  /** It was enrolled; a hub here would not be the one that its owner meant. */
  | { readonly kind: 'unreadable'; readonly error: CodedError };

export function placeOf(home: Home): Place {
  try {
    const enrolment = readEnrolment(home);
    return enrolment === undefined ? { kind: 'here' } : { kind: 'elsewhere', enrolment };
  } catch (cause) {
    const error = cause instanceof CodedError ? cause : new CodedError('ENROLMENT_UNREADABLE');
    return { kind: 'unreadable', error };
  }
}

type Introduction = Omit<Hello, 'id' | 'op' | 'token'>;

/** At a hub elsewhere, servers carry the name of their machine: others may have equal ones. */
export function helloAt<Said extends Introduction>(hello: Said, place: Place): Said {
  return place.kind === 'elsewhere' ? helloOf(hello, place.enrolment) : hello;
}

export function helloOf<Said extends Introduction>(hello: Said, { name }: Enrolment): Said {
  const suffix = `@${name}`;
  const { server } = hello;
  if (server.name.endsWith(suffix)) return hello;
  const cut = server.name.slice(0, LIMITS.nameCharsMax - suffix.length);
  return { ...hello, server: { ...server, name: `${cut}${suffix}` } };
}
