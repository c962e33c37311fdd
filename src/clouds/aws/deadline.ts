/**
 * Ends with the signal or at the deadline, whatever `send` does: the SDK listens to neither while it
 * looks for credentials, and its own timeout ends with the last header, so that a body that stops half
 * way would hang. `send` gets a signal of its own that is aborted in both cases.
 * @param limits.deadlineMs Milliseconds; absent: no deadline.
 * @throws {DOMException} `TimeoutError` at the deadline; the signal's reason when it aborts.
 */
export async function untilStopped<T>(
  { signal, deadlineMs }: { readonly signal: AbortSignal; readonly deadlineMs?: number },
  send: (own: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const own = new AbortController();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = (reason: unknown): void => {
    own.abort(reason);
    reject(reason);
  };
  const onAbort = (): void => stop(signal.reason);
  const onDeadline = (): void => stop(new DOMException("No whole answer in time.", "TimeoutError"));
  signal.addEventListener("abort", onAbort, { once: true });
  const timer = deadlineMs === undefined ? undefined : setTimeout(onDeadline, deadlineMs);
  try {
    return await Promise.race([send(own.signal), stopped]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
