import type { ReactElement } from 'react';
import { Search } from 'lucide-react';
import {
  Input,
  SearchField as AriaSearchField,
  type SearchFieldProps as AriaSearchFieldProps,
} from 'react-aria-components';
import { inputClass } from './input.class';

export type SearchFieldProps = Omit<AriaSearchFieldProps, 'className' | 'children'> & {
  label: string;
  placeholder?: string;
};

/** The key `/` moves here. */
export const SearchField = ({ label, placeholder, ...rest }: SearchFieldProps): ReactElement => (
  <AriaSearchField {...rest} aria-label={label} className="relative w-72 max-w-full">
    <Search size={15} aria-hidden className="absolute left-2.5 top-2.5 text-faint" />
    <Input placeholder={placeholder} data-search className={`${inputClass} pl-8`} />
  </AriaSearchField>
);
