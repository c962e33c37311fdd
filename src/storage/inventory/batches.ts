const LARGEST = 256;

/**
 * Cuts rows into batches of 256, 128, 64 … 1. Each size gives one SQL text, so the texts are few and
 * their prepared statements are found again whatever the size of a page.
 */
export function* batches<T>(rows: readonly T[]): Generator<readonly T[]> {
  let size = LARGEST;
  for (let start = 0; start < rows.length; start += size) {
    while (size > rows.length - start) size /= 2;
    yield rows.slice(start, start + size);
  }
}
