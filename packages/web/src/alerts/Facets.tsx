import type { Alert } from '@spoor/core';
import type { ReactNode } from 'react';
import { alertFacets, type Facet } from '../model/facets.ts';
import { hasTerm, toggleTerm } from '../model/filter.ts';
import { Identity, Severity } from '../ui/Marks.tsx';
import styles from './Alerts.module.css';

export interface FacetsProps {
  readonly alerts: readonly Alert[];
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
}

export function Facets({ alerts, filter, onFilter }: FacetsProps): ReactNode {
  return (
    <nav className={styles.facets} aria-label="Narrow the list">
      {alertFacets(alerts).map((group) => (
        <section key={group.title}>
          <h2>{group.title}</h2>
          {group.facets.map((facet) => (
            <button
              key={facet.term}
              type="button"
              className={styles.facet}
              aria-pressed={hasTerm(filter, facet.term)}
              onClick={() => onFilter(toggleTerm(filter, facet.term))}
            >
              <span title={facet.word}>
                <Word facet={facet} />
              </span>
              <span>{facet.count}</span>
            </button>
          ))}
        </section>
      ))}
    </nav>
  );
}

function Word({ facet }: { readonly facet: Facet }): ReactNode {
  if (facet.level !== undefined) return <Severity level={facet.level} />;
  return facet.identity === undefined ? facet.word : <Identity level={facet.identity} />;
}
