/** Something that this server shows is no longer what it was. */
export type Change =
  /** Another policy is in force, or its file began or ceased to be broken. */
  | { readonly kind: "policy" }
  /** What is told of these scans: one ended, or others read or judged the same ground anew. */
  | { readonly kind: "scans"; readonly scanIds: readonly string[] };

/** Changes that this process sees; those that another one makes are its own to tell. */
export interface Changes {
  /**
   * Calls `heard` with each change from now on; it must not throw.
   * @returns ends that; calling it again does nothing
   */
  listen(heard: (change: Change) => void): () => void;
}

export interface ChangeAnnouncer {
  announce(change: Change): void;
  /** False: nobody listens, so nobody need find out what changed. */
  isHeard(): boolean;
}
