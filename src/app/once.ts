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
