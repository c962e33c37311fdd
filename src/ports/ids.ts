export interface Ids {
  /** A new unique id, sortable by time, with the given prefix: `scan_01J…`. */
  next(prefix: string): string;
}
