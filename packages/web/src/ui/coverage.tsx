import type { HubView } from '@spoor/core';
import type { ReactNode } from 'react';
import { countText } from '../model/words.ts';
import { Ago } from './Time.tsx';

/** What was looked at while nothing was found: quiet is only worth what it covers. */
export function Coverage({ hub }: { readonly hub: HubView | undefined }): ReactNode {
  if (hub === undefined) return 'How much was covered is not known.';
  return (
    <>
      {countText(hub.calls24h, 'call')} evaluated by {countText(hub.rules, 'rule')} in the last 24 h
      {hub.newestCallMs !== undefined && (
        <>
          , the newest <Ago ms={hub.newestCallMs} />
        </>
      )}
      .
    </>
  );
}
