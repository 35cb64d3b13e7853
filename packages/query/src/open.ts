import type { BackendSettings, ReaderOptions } from './backend-settings.ts';
import type { TraceReader } from './reader.ts';
import { jaegerReader } from './readers/jaeger.ts';
import { tempoReader } from './readers/tempo.ts';
import { victoriaTracesReader } from './readers/victoriatraces.ts';

/**
 * Asks nothing yet: whether somebody is there shows with the first question.
 *
 * @throws BACKEND_REFUSED where nothing may be sent, HEADER_REFUSED, QUESTION_INVALID for a default
 * tenant that is none, CONFIG_BAD_VALUE
 */
export function openReader(settings: BackendSettings, options: ReaderOptions = {}): TraceReader {
  switch (settings.kind) {
    case 'jaeger':
      return jaegerReader(settings, options);
    case 'victoriatraces':
      return victoriaTracesReader(settings, options);
    case 'tempo':
      return tempoReader(settings, options);
  }
}
