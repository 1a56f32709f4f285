// oxlint-disable-next-line no-control-regex
const NOT_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** True for tabs and visible Latin-1 only (RFC 9110 §5.5): such a value cannot end its header line. */
export const isFieldValue = (text: string): boolean => !NOT_A_VALUE.test(text);
