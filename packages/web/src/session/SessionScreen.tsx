import type { ReactNode } from 'react';
import { useSession } from '../api/queries.ts';
import { failed } from '../model/panel.ts';
import { Failed, Skeleton } from '../ui/States.tsx';
import { SessionView } from './SessionView.tsx';

export function SessionScreen({ id }: { readonly id: string }): ReactNode {
  const query = useSession(id);
  if (query.data !== undefined) return <SessionView detail={query.data} stale={query.error} />;
  if (query.error === null) return <Skeleton noun="session" />;
  return <Failed noun="session" state={failed(query.error)} onRetry={() => void query.refetch()} />;
}
