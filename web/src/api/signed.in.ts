import { askToSignIn, sessionLost } from './session.lost';

/** Whether a call was answered since this page was loaded: then it holds what must survive the end of the session. */
let wasSignedIn = false;

const isConfirmation = async (response: Response): Promise<boolean> =>
  response.status === 403 && /"confirmation_required"/.test(await response.clone().text());

/** Whether the call shall be made once more, after the person has signed in over the page. */
async function isSignedInAgain(response: Response): Promise<boolean> {
  if (await isConfirmation(response)) return askToSignIn('confirmation');
  if (response.status !== 401) return false;
  sessionLost();
  return wasSignedIn && askToSignIn('session');
}

/** `fetch` that waits for a new login where one is needed, and then makes the call again. A refused call has done nothing. */
export async function sendSignedIn(request: Request): Promise<Response> {
  const { url, method, headers, signal } = request;
  const body = await request.text();
  const send = (): Promise<Response> => fetch(url, { method, headers, signal, ...(body === '' ? {} : { body }) });
  const response = await send();
  wasSignedIn ||= response.ok;
  return (await isSignedInAgain(response)) ? send() : response;
}

/** Whether no call was answered since this page was loaded: nothing is lost by leaving it. */
export const isColdLoad = (): boolean => !wasSignedIn;
