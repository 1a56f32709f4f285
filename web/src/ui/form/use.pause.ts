import { useEffect, useEffectEvent, useState } from 'react';

/** A list is asked for once the typing pauses, not at each key. */
const PAUSE_MS = 250;

export interface Paused {
  text: string;
  setText: (text: string) => void;
  /** Does not wait: at Enter. */
  send: () => void;
}

/** What is typed, told to `onChange` when it pauses. Another `value` than the one that was told takes its place. */
export function usePause(value: string, onChange: (text: string) => void): Paused {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const [told, setTold] = useState(value);
  if (value !== seen) {
    setSeen(value);
    if (value !== told) {
      setText(value);
      setTold(value);
    }
  }
  const tell = useEffectEvent(() => {
    setTold(text);
    onChange(text);
  });
  useEffect(() => {
    if (text === told) return undefined;
    const timer = setTimeout(tell, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, told]);
  const send = (): void => {
    if (text === told) return;
    setTold(text);
    onChange(text);
  };
  return { text, setText, send };
}
