/** The one folder that imported policies are written to. */
export interface PolicyFiles {
  /** What people call it; shown in answers. */
  readonly folder: string;
  /** Where a file of this name stands, as shown in answers. */
  pathOf(name: string): string;
  /**
   * @param name a file name such as `tagging_policy.json`, without folders.
   * @returns null when there is no such file.
   * @throws {AppError} `invalid_input` for a name that could leave the folder or is no policy file's;
   * `config_invalid` when the file cannot be read.
   */
  read(name: string): Promise<string | null>;
  /**
   * Writes the whole file or nothing: readers see the old text or the new one.
   * @param mayReplace asked with the text of an existing file, directly before it is replaced.
   * @throws {AppError} as `read`; `invalid_input` when `mayReplace` says no; `config_invalid` when the
   * folder cannot be written.
   */
  write(name: string, text: string, mayReplace: (existing: string) => boolean): Promise<void>;
}
