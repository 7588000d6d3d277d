/**
 * Whether `left` is later than `right`, both versions of one kind (KEP-5504: they are compared as numbers). False where
 * one of them is none.
 */
export function isLater(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined || !isNumber(left) || !isNumber(right)) return false;
  return left.length === right.length ? left > right : left.length > right.length;
}

const isNumber = (text: string): boolean => /^[1-9]\d*$/.test(text);
