/** A file that an import leads to. */
export interface ImportedFile {
  /** What the file is called: equal paths are the same file. */
  readonly path: string;
  readonly bytes: () => Uint8Array;
  readonly text: () => string;
}

/** Finds what `path` means in the file `from`; undefined where there is nothing. `from` is empty for the first file. */
export type Importer = (from: string, path: string) => ImportedFile | undefined;
