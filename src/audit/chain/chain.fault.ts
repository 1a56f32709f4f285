/** What happened to the rows. `detail` says more: `signature`, `key`, `noted head`. */
export type Why = 'changed' | 'missing' | 'inserted' | 'reordered' | 'truncated';

/** The first row that is not what it was. */
export interface Fault {
  readonly seq: number;
  readonly why: Why;
  /** The id of the row that is there now. */
  readonly id?: string;
  readonly detail?: string;
}

/** Public keys as PEM, by id. */
export type KeyTexts = Readonly<Record<string, string>>;

/** What the first row has to follow. */
export interface Start {
  /** The number of the first row. */
  readonly seq: number;
  readonly prevHash: string;
  /** Of what was pruned before it. */
  readonly pruned?: { readonly to_seq: number; readonly at: string };
  /** The keys that were announced before it. */
  readonly keys?: KeyTexts;
}

/** A head that is kept outside the database. Without a number, any row may have the hash. */
export interface NotedHead {
  readonly seq?: number;
  readonly hash: string;
}

export interface Unwritten {
  readonly from_seq: number;
  readonly to_seq: number;
}

/** The result of a verification, as the API shows it. */
export interface Verdict {
  readonly state: 'intact' | 'broken' | 'empty';
  /** The number of rows. */
  readonly checked: number;
  readonly first_seq?: number;
  readonly last_seq?: number;
  /** The hash of the last row. */
  readonly head?: string;
  readonly key_id?: string;
  readonly signatures: {
    readonly checked: number;
    readonly unknown_keys: readonly string[];
  };
  readonly pruned?: { readonly to_seq: number; readonly at: string };
  /** Of a file: rows that were pruned before they were written to it. What the row behind them follows is not known. */
  readonly unwritten?: readonly Unwritten[];
  readonly noted_head?: 'found' | 'missing' | 'pruned';
  readonly broken_at?: Fault;
  /** RFC 3339. */
  readonly at: string;
}

export interface Progress {
  readonly checked: number;
  readonly last_seq: number;
}
