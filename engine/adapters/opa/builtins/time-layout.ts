/**
 * The pieces of Go's reference time, "Mon Jan 2 15:04:05 MST 2006", in the order in which Go looks for them at one
 * place of a layout. @see time/format.go, nextStdChunk
 */
const PIECES = [
  'January',
  'Jan',
  'Monday',
  'Mon',
  'MST',
  '002',
  '2006',
  '01',
  '02',
  '03',
  '04',
  '05',
  '06',
  '15',
  '__2',
  '_2',
  'PM',
  'pm',
  '-07:00:00',
  '-07:00',
  '-070000',
  '-0700',
  '-07',
  'Z07:00:00',
  'Z07:00',
  'Z070000',
  'Z0700',
  'Z07',
  '1',
  '2',
  '3',
  '4',
  '5',
] as const;

/** One piece of a layout: `name` is the spelling in the reference time, `literal` what stands before it. */
export interface LayoutPiece {
  readonly literal: string;
  /** Undefined after the last piece. `.000` is a fraction with its zeros, `.999` one without. */
  readonly name: string | undefined;
}

const FRACTION = /^[.,](0+|9+)(?!\d)/;

function pieceAt(layout: string, index: number): string | undefined {
  const rest = layout.slice(index, index + 40);
  const fraction = FRACTION.exec(rest)?.[0];
  if (fraction !== undefined) return fraction;
  // `_2006` is an underscore and a year, not a day.
  if (rest.startsWith('_2006')) return undefined;
  return PIECES.find((piece) => rest.startsWith(piece) && !isWordGoingOn(piece, rest));
}

/** `Jan` and `Mon` do not stand for a month or day where a longer word follows: `Janet`. */
function isWordGoingOn(piece: string, rest: string): boolean {
  return (piece === 'Jan' || piece === 'Mon') && /^[a-z]/.test(rest.slice(piece.length));
}

/** The pieces of a layout in order. */
export function layoutPieces(layout: string): readonly LayoutPiece[] {
  const pieces: LayoutPiece[] = [];
  let start = 0;
  for (let index = 0; index < layout.length; ) {
    const name = pieceAt(layout, index);
    if (name === undefined) {
      index += 1;
      continue;
    }
    pieces.push({ literal: layout.slice(start, index), name });
    index += name.length;
    start = index;
  }
  return [...pieces, { literal: layout.slice(start), name: undefined }];
}

/** Layouts that have a name. @see v1/topdown/time.go of OPA 1.22, acceptedTimeFormats */
export const namedLayouts: Readonly<Record<string, string>> = {
  ANSIC: 'Mon Jan _2 15:04:05 2006',
  UnixDate: 'Mon Jan _2 15:04:05 MST 2006',
  RubyDate: 'Mon Jan 02 15:04:05 -0700 2006',
  RFC822: '02 Jan 06 15:04 MST',
  RFC822Z: '02 Jan 06 15:04 -0700',
  RFC850: 'Monday, 02-Jan-06 15:04:05 MST',
  RFC1123: 'Mon, 02 Jan 2006 15:04:05 MST',
  RFC1123Z: 'Mon, 02 Jan 2006 15:04:05 -0700',
  RFC3339: '2006-01-02T15:04:05Z07:00',
  RFC3339Nano: '2006-01-02T15:04:05.999999999Z07:00',
};

export const monthNames: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export const dayNames: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
];
