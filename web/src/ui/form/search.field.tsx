import { type ReactElement, useState } from 'react';
import { Search } from 'lucide-react';
import { Input, SearchField as AriaSearchField } from 'react-aria-components';
import { isSecret, isWholeSecret } from '../../format/secret';
import { inputClass } from './input.class';
import { usePause } from './use.pause';

export interface SearchFieldProps {
  label: string;
  placeholder?: string;
  /** What is searched for now. */
  value: string;
  /** Called when the typing pauses, and at Enter. */
  onChange: (text: string) => void;
  /** A whole secret was pasted. The field is empty already, and nothing is searched for. */
  onSecret?: (secret: string) => void;
}

/** The key `/` moves here. The text of a search goes into the URL, where a secret has no place. */
export function SearchField({ label, placeholder, value, onChange, onSecret }: SearchFieldProps): ReactElement {
  const [isRefused, setRefused] = useState(false);
  const { text, setText, send } = usePause(value, (paused) => {
    setRefused(isSecret(paused));
    if (!isSecret(paused)) onChange(paused);
  });
  const onInput = (next: string): void => {
    const isWhole = isWholeSecret(next);
    setText(isWhole ? '' : next);
    setRefused(isWhole && onSecret === undefined);
    if (isWhole) onSecret?.(next.trim());
  };
  return (
    <AriaSearchField
      aria-label={label}
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
