/** A token or its project was changed after a request had been judged by what memory knew: it is to be judged again. */
export class TokenChanged extends Error {
  override readonly name = 'TokenChanged';
}
