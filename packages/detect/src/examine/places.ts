import { LIMITS, type PathFact } from '@spoor/core';

export const HIDDEN_KEY = '‹key›';

type Fact = { -readonly [Key in keyof PathFact]: PathFact[Key] };

/**
 * A place of a shape: what all values share that stand there, such as the same member of each row.
 */
export interface Place {
  /** Without positions, like `rows[].email`. */
  readonly path: string;
  /** Name and colon as JSON text. */
  readonly shown: string;
  readonly members: Map<string, Place>;
  items: Place | undefined;
  fact: Fact | undefined;
}

const placeOf = (path: string, shown: string): Place => ({
  path,
  shown,
  members: new Map(),
  items: undefined,
  fact: undefined,
});

/** The shape of one content: each place once, however many values stand there. */
export class Places {
  readonly root: Place = placeOf('', '');
  readonly #facts = new Map<string, Fact>();

  get facts(): readonly PathFact[] {
    return [...this.#facts.values()];
  }

  /** @param shown its name as it may be shown */
  member(place: Place, shown: string): Place {
    const known = place.members.get(shown);
    if (known) return known;
    const path = place.path === '' ? shown : `${place.path}.${shown}`;
    const made = placeOf(path, `${JSON.stringify(shown)}:`);
    place.members.set(shown, made);
    return made;
  }

  items(place: Place): Place {
    place.items ??= placeOf(`${place.path}[]`, '');
    return place.items;
  }

  /** Adds up what stands at a place. False where there are too many places. */
  note(place: Place, type: PathFact['type'], bytes: number): boolean {
    place.fact ??= this.#facts.get(place.path);
    if (place.fact) place.fact.bytes += bytes;
    else if (this.#facts.size >= LIMITS.argumentPathsMax) return false;
    else if (place.path !== '') {
      place.fact = { path: place.path, type, bytes };
      this.#facts.set(place.path, place.fact);
    }
    return true;
  }
}
