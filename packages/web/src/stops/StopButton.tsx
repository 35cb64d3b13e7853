import type { ReactNode } from 'react';
import { useHub } from '../api/queries.ts';
import { Button } from '../ui/Controls.tsx';
import { useStops } from './useStops.ts';

/** Of one session; what is stopped already is resumed where all stops are named. */
export function StopButton({ session }: { readonly session: string }): ReactNode {
  const { data: hub } = useHub();
  const { stop } = useStops();
  if (hub === undefined) return null;
  const isStopped = hub.stops.some(({ kind, value }) => kind === 'session' && value === session);
  if (isStopped) return <strong>Stopped</strong>;
  return (
    <Button
      title="Denies every further call of this session until it is resumed"
      onClick={() => stop(session)}
    >
      Stop
    </Button>
  );
}
