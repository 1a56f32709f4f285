import { BASE } from '../api/base';
import { signOut } from '../api/session';
import { toast } from '../ui/overlay/toast';

/** Ends the session; the login page is a new document, so that nothing of this one stays in memory. */
export async function leave(): Promise<void> {
  try {
    await signOut();
    location.replace(`${BASE}login`);
  } catch (error) {
    toast('Still signed in', (error as Error).message, { isBad: true });
  }
}
