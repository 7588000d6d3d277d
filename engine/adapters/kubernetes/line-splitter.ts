/** Bytes of the longest line: etcd takes objects of 1.5 MiB, and their managedFields come on top. */
const LONGEST_LINE = 32 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** Cuts a stream of bytes into lines, wherever its chunks end. */
export class LineSplitter {
  #pieces: Buffer[] = [];
  #length = 0;

  /** Calls `onLine` for every line that `chunk` completes. Throws RangeError where a line does not end. */
  push(chunk: Buffer, onLine: (line: string) => void): void {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      const line = this.#complete(chunk.subarray(from, end));
      from = end + 1;
      if (line !== '') onLine(line);
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  #complete(last: Buffer): string {
    if (this.#pieces.length === 0) return last.toString('utf8');
    const line = Buffer.concat([...this.#pieces, last]).toString('utf8');
    this.#pieces = [];
    this.#length = 0;
    return line;
  }

  #keep(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length > LONGEST_LINE) throw new RangeError('a line of the stream does not end');
  }
}
