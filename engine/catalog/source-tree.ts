/** The files of a rule set: a folder, or one commit of a repository. */
export interface SourceTree {
  /** Paths of all files, relative to the root, with `/`, sorted. */
  list(): Promise<readonly string[]>;
  /** The text of one file. Throws FileUnreadable, FileTooLarge or TextNotUTF8. */
  read(path: string): Promise<string>;
}
