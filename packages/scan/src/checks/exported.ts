import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import type { Canary, Shape } from '../probe/canary.ts';
import type { ExportedText } from '../sink/read.ts';
import { around, oncePerPlace } from './check.ts';

/** Undefined where something came by telemetry; else why nothing is known of it. */
export function unseenTelemetry({ runs, sinkOffered }: Evidence): string | undefined {
  if (!sinkOffered) return 'the server was started by somebody else: its telemetry went elsewhere';
  const came = runs.some(({ exports }) => Object.keys(exports.requests).length > 0);
  return came ? undefined : 'nothing came to the OTLP endpoint that the server was given';
}

export const allTexts = ({ runs }: Evidence): readonly ExportedText[] =>
  runs.flatMap(({ exports }) => exports.texts);

interface Leak {
  readonly shapes: ReadonlySet<Shape>;
  readonly wanted: (text: ExportedText) => boolean;
  readonly what: (canary: Canary, text: ExportedText) => string;
}

/** Canaries of these shapes in telemetry, once for each place. */
export function leaks(evidence: Evidence, { shapes, wanted, what }: Leak): readonly Finding[] {
  const findings = allTexts(evidence)
    .filter(wanted)
    .flatMap((text) =>
      evidence.canaries
        .in(text.text)
        .filter(({ shape }) => shapes.has(shape))
        .map((canary) => ({
          what: what(canary, text),
          where: `${text.signal}: ${text.where}`,
          evidence: `${text.where} = ${around(text.text, canary.token)}`,
          reproduce: `${canary.origin} was ${canary.value}; look for ${canary.token} in what is exported`,
        })),
    );
  return oncePerPlace(byKind(findings));
}

/** Each argument of each tool is found anew; one of a place shows all of them. */
function byKind(findings: readonly Finding[]): readonly Finding[] {
  const places = new Map<string, Finding[]>();
  for (const finding of findings)
    places.set(finding.where, [...(places.get(finding.where) ?? []), finding]);
  return [...places.values()].flatMap((own) => own.slice(0, 1));
}
