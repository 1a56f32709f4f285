/** Headers that one network, gateway or identity provider in front of the proxy adds, reads or is authenticated by. */
export interface HeaderFamily {
  readonly name: string;
  /** Where the family is documented. */
  readonly source: string;
  /** In lower case. A name that ends in `*` is a prefix. */
  readonly names: readonly string[];
  /** Prefixes and names below a prefix of the family that are not the network's: they pass. */
  readonly except?: readonly string[];
}
