import { type ReactElement, useEffect, useState } from 'react';
import { Check, Copy } from 'lucide-react';
import { IconButton } from './icon.button';
import { toast } from './overlay/toast';

const SHOWN_MS = 1500;

export interface CopyButtonProps {
  text: string;
  /** What it copies: "Copy the id". */
  label: string;
  onCopied?: () => void;
}

/** Puts a text on the clipboard and says so for a moment. */
export function CopyButton({ text, label, onCopied }: CopyButtonProps): ReactElement {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return undefined;
    const timer = setTimeout(() => setDone(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isDone]);
  const copy = async (): Promise<void> => {
    try {
      // On plain http there is no clipboard.
      await navigator.clipboard.writeText(text);
    } catch {
      toast('Not copied', 'The browser does not allow it here: select the text and copy it.', { isBad: true });
      return;
    }
    setDone(true);
    onCopied?.();
  };
  return (
    <IconButton label={isDone ? 'Copied' : label} onPress={() => void copy()}>
      {isDone ? <Check size={15} aria-hidden className="text-leaf" /> : <Copy size={15} aria-hidden />}
    </IconButton>
  );
}
