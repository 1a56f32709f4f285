/** Every figure that the API reports of a call. Tokens, except where named otherwise. Absent is unknown, never zero. */
export const FIGURES = [
  /** All input tokens, the cached and the written ones included. */
  'input',
  'cached',
  'cache_write',
  'cache_write_12h',
  /** All output tokens, reasoning and rejected predictions included. */
  'output',
  'reasoning',
  'accepted_prediction',
  'rejected_prediction',
  'audio_input',
  'image_input',
  'audio_output',
  'image_output',
  'cached_audio',
  'cached_image',
  /** As reported. It may differ from input + output. */
  'total',
  /** Seconds of audio or video that are billed by time. */
  'seconds',
  'trained',
] as const;

export type FigureName = (typeof FIGURES)[number];
/** Finite, not negative, below 2⁵³. */
export type Figures = Partial<Record<FigureName, number>>;

/** Use of hosted tools, which is billed beside the tokens. */
export const TOOL_FIGURES = [
  'web_search',
  'image_input',
  'image_output',
  'svg_input',
  'svg_output',
  'file_search',
  'code_sessions',
] as const;
export type ToolFigureName = (typeof TOOL_FIGURES)[number];
export type ToolFigures = Partial<Record<ToolFigureName, number>>;

/** Where the figures are from: the provider, an estimate of ours, or `none` when they are unknown. */
export type UsageSource = 'provider' | 'estimated' | 'none';

/** Why the figures are not the provider's. */
export const USAGE_REASONS = [
  /** Refused by us, or an error of the upstream: nothing was used. */
  'refused',
  /** The endpoint uses nothing that is billed by the call. */
  'free',
  /** A read of work that another request made. */
  'read',
  /** Background work that is not finished. */
  'not_final',
  /** The request made work whose figures come later. */
  'later',
  /** A stream whose request did not ask for usage. */
  'not_asked',
  /** A whole response without figures. */
  'no_usage',
  'failed',
  'stream_error',
  /** The response broke off before its figures. */
  'broken',
  /** The client left before the figures came. */
  'client_left',
  /** An unknown or broken content coding, or a body over the bound of decoding. */
  'undecodable',
  'crash',
  /** The figures of background work were never read. */
  'never_seen',
] as const;
export type UsageReason = (typeof USAGE_REASONS)[number];

/** One paid piece of work of several in one exchange, such as a response in a WebSocket. */
export interface UsagePart {
  /** The id of the work, such as `resp_…`. Figures of one key count once. */
  readonly key: string;
  readonly model?: string;
  readonly tier?: string;
  readonly figures: Figures;
  readonly tools?: ToolFigures;
}

/** Work that outlives its request, or a read of such work. */
export interface Work {
  /** The id that OpenAI gave it. */
  readonly key: string;
  readonly kind: 'response' | 'batch' | 'run' | 'turn' | 'job' | 'video' | 'eval_run';
  /**
   * `open`: this request made work whose figures come later. `final`: this response shows the final figures of work that
   * may be open. A response that is neither has no work.
   */
  readonly state: 'open' | 'final';
}

/** What one exchange used, as far as its response says. */
export interface UsageReport {
  readonly source: UsageSource;
  readonly reason?: UsageReason;
  /** Sums of `parts`, where there are parts. */
  readonly figures: Figures;
  readonly tools?: ToolFigures;
  /** Set for WebSockets. */
  readonly parts?: readonly UsagePart[];
  /** Figures contradict each other: total is not input + output, or a part exceeds its whole. */
  readonly mismatch?: true;
  /** Of the response. */
  readonly model?: string;
  /** Of the response: `default`, `flex`, `priority`, `scale` or `batch`. */
  readonly tier?: string;
  /** The id in the response, such as `chatcmpl-…`. */
  readonly responseId?: string;
  readonly work?: Work;
  /** Of a stream without figures: its events with text, and the UTF-8 bytes of that text. An estimate needs them. */
  readonly deltas?: number;
  readonly textBytes?: number;
  /** Pictures in a response without figures. */
  readonly images?: number;
}

/** A body with a content coding. It is decoded and read on the events worker (`readEncoded`), never on the way to the client. */
export interface EncodedBody {
  /** The value of Content-Encoding, lower case. */
  readonly coding: string;
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** False for a body that broke off. */
  readonly isWhole: boolean;
  /** Set when the client left before the end. */
  readonly clientLeft?: boolean;
}

/** What a request asked for, as far as its first bytes say. */
export interface AskedFor {
  readonly model?: string;
  readonly stream?: boolean;
}
