import { useState } from 'react';
import { useRouter } from '@tanstack/react-router';
import { api, body } from '../../api/client';

/** Finds a pasted token and opens its page. The secret is in the body of one call and nowhere else. */
export function useTokenLookup(onFound: () => void): {
  lookUp: (secret: string) => void;
  note: string | undefined;
  forget: () => void;
} {
  const router = useRouter();
  const [note, setNote] = useState<string>();
  const find = async (secret: string): Promise<void> => {
    try {
      const { id } = body(await api.POST('/manage/tokens/lookup', { body: { token: secret.trim() } }));
      onFound();
      await router.navigate({ to: '/tokens/$id', params: { id } });
    } catch (error) {
      setNote((error as Error).message);
    }
  };
  const lookUp = (secret: string): void => {
    setNote('Looking for the token');
    void find(secret);
  };
  return { lookUp, note, forget: () => setNote(undefined) };
}
