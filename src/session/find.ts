/** Which session a person means. */
import { isId } from './folder.ts';

/** What may be given for an id: a number in the list, or how it begins. */
const NUMBER = /^\d{1,3}$/;
const BEGINNING = /^\d[\d-]*[0-9a-f]*$/;

/**
 * The ids that a person may mean by an id, the beginning of some, a number in the list or `latest`.
 * Whether there is a session of a whole id is not looked at.
 * @param ids those in the list, the latest first, which is number 1
 * @param current the session that `latest` does not mean
 */
export function idsMeant(asked: string, ids: readonly string[], current?: string): string[] {
  if (isId(asked)) return [asked];
  if (asked === 'latest') return ids.filter((id) => id !== current).slice(0, 1);
  if (NUMBER.test(asked)) return ids.filter((_id, index) => index + 1 === Number(asked));
  return BEGINNING.test(asked) ? ids.filter((id) => id.startsWith(asked)) : [];
}

/** Why no session is meant, as a sentence. @param count how many are in the list */
export function whyNoneMeant(asked: string, count: number): string {
  if (asked === 'latest') return 'There is no other session to resume.';
  if (NUMBER.test(asked)) return `There is no session ${asked}: the list has ${count}.`;
  return BEGINNING.test(asked)
    ? `No session id begins with ${asked}.`
    : `${asked} is not a session id.`;
}
