// oxlint-disable-next-line no-control-regex
const NOT_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** Tab and visible Latin-1 alone (RFC 9110 §5.5): nothing that could end its line. */
export const isFieldValue = (text: string): boolean => !NOT_A_VALUE.test(text);
