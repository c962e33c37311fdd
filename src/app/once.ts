/** A value that is made when it is first needed. */
export interface Once<T> {
  /** A failure is not kept: the next call tries again. */
  (): Promise<T>;
  /** It was made, or is being made. */
  begun(): boolean;
}

export function once<T>(make: () => Promise<T>): Once<T> {
  let made: Promise<T> | undefined;
  const get = (): Promise<T> => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
  return Object.assign(get, { begun: () => made !== undefined });
}

/** A use case that is made at its first call; a failure to make it is the call's, and not kept. */
export function lazily<In extends readonly unknown[], Out>(
  make: () => Promise<(...request: In) => Promise<Out>>,
): (...request: In) => Promise<Out> {
  const made = once(make);
  return async (...request) => (await made())(...request);
}
