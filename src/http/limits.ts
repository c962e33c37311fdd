/** Largest request body: 10 MB. A larger one is refused with 413 before it is parsed. */
export const MAX_BODY_BYTES = 10_000_000;
