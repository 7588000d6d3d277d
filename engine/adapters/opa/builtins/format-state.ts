/** The flags, width and precision of one verb, as Go's package fmt keeps them. */
export interface FormatState {
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%#v` and `%+v`, which mean something else than `#` and `+` elsewhere. */
  sharpValue: boolean;
  plusValue: boolean;
  width: number | undefined;
  precision: number | undefined;
}

/** A state without flags. */
export function newState(): FormatState {
  return {
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    sharpValue: false,
    plusValue: false,
    width: undefined,
    precision: undefined,
  };
}

/** The sign that stands before a number. */
export function signOf(isNegative: boolean, { plus, plusValue, space }: FormatState): string {
  if (isNegative) return '-';
  if (plus || plusValue) return '+';
  return space ? ' ' : '';
}

/** Number of code points: what Go pads by. */
export function codePoints(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/** Pads `text` to the width of `state`; zeros go to the left only. */
export function pad(text: string, state: FormatState, zero = state.zero): string {
  const missing = (state.width ?? 0) - codePoints(text);
  if (missing <= 0) return text;
  if (state.minus) return text + ' '.repeat(missing);
  return (zero ? '0' : ' ').repeat(missing) + text;
}
