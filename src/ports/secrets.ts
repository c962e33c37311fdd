/**
 * The secret that a reference stands for, as it is now: nothing is kept, so that a renewed secret is
 * found by asking again.
 * @param reference one of the forms of `domain/secret-reference.ts`.
 * @throws {AppError} `config_invalid` when there is none or it is empty, `cloud_denied`,
 * `credentials_missing`, `cloud_unavailable`. The secret is in no message and in no detail.
 */
export type ReadSecret = (reference: string, signal?: AbortSignal) => Promise<string>;
