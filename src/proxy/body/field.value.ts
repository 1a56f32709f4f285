/** An array, an object, a file or an overlong text: a value that no rule can check. */
export const OPAQUE = Symbol('opaque');
export type FieldValue = string | number | boolean | null | typeof OPAQUE;

/** Receives the top-level fields of a body, in the order of the body. */
export interface FieldReader {
  /** The name of a field. Returns true to receive its value. */
  key(name: string): boolean;
  /** Called for an object that is a wanted value: the reader of its members. The object's own value follows its last member. */
  members?(name: string): FieldReader | undefined;
  value(name: string, value: FieldValue): void;
}

/** Throws for invalid UTF-8: a parser that drops invalid bytes would read another text. */
export const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
