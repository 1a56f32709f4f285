import { type ReactElement, useState } from 'react';
import { Search } from 'lucide-react';
import { Input, SearchField as AriaSearchField } from 'react-aria-components';
import { inputClass } from './input.class';
import { usePause } from './use.pause';

export interface SearchFieldProps {
  label: string;
  placeholder?: string;
  /** What is searched for now. */
  value: string;
  /** Called when the typing pauses, and at Enter. */
  onChange: (text: string) => void;
  name?: string;
  /** A whole secret was pasted. The field is empty already, and nothing is searched for. */
  onSecret?: (secret: string) => void;
}

/** A secret has no place in a URL, where the text of a search goes. */
const SECRET = /^\s*sk-[\w-]{20,}\s*$/;

/** The key `/` moves here. */
export function SearchField({ label, placeholder, value, onChange, name, onSecret }: SearchFieldProps): ReactElement {
  const { text, setText, send } = usePause(value, onChange);
  const [isRefused, setRefused] = useState(false);
  const onInput = (next: string): void => {
    const isSecret = SECRET.test(next);
    setText(isSecret ? '' : next);
    setRefused(isSecret && onSecret === undefined);
    if (isSecret) onSecret?.(next.trim());
  };
  return (
    <AriaSearchField
      aria-label={label}
      {...(name === undefined ? {} : { name })}
      value={text}
      onChange={onInput}
      onSubmit={send}
      className="relative w-72 max-w-full"
    >
      <Search size={15} aria-hidden className="absolute left-2.5 top-2.5 text-faint" />
      <Input placeholder={placeholder} data-search className={`${inputClass} pl-8`} />
      {isRefused && (
        <span role="status" className="text-xs text-rust">
          A secret is not searched for: it would stand in the address.
        </span>
      )}
    </AriaSearchField>
  );
}
