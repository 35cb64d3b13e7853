/** A list of techniques or risks that others keep. */
export interface Catalogue {
  readonly title: string;
  readonly url: string;
  /** What of it is listed here, where that is not all. */
  readonly about: string;
  /** How a tag of a rule names one of its rows. */
  readonly tag: (id: string) => string;
  readonly rows: readonly Technique[];
}

export interface Technique {
  readonly id: string;
  readonly name: string;
  /** Why no rule is about it; absent where one is. */
  readonly without?: string;
}

type Row = readonly [id: string, name: string, without?: string];

export const techniques = (rows: readonly Row[]): readonly Technique[] =>
  rows.map(([id, name, without]) => ({ id, name, ...(without === undefined ? {} : { without }) }));

/** Reasons that come again. */
export const OFF_WIRE = 'It does not pass between client and server.';
export const BEFORE = 'It happens before the first message: at building, publishing or installing.';
export const LOGIN = 'The login between a client and an authorization server is not watched.';
