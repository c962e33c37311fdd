/** An entry of a cloud's log that touches a resource. */
export interface LoggedWrite {
  readonly atMs: number;
  /** As the cloud names it. Untrusted text. */
  readonly actor: string;
  /** Operation as the log names it. */
  readonly action: string;
  /** The operation does nothing but change tags; others may have changed them. */
  readonly onlyTags: boolean;
}

export interface LastActor {
  readonly actor: string;
  readonly atMs: number;
  readonly action: string;
  /** Others who wrote to the resource in the same time. */
  readonly otherActors: number;
}

/** From this instant to that one, both included; epoch milliseconds. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Who changed tags last within the window. An operation that is about tags is believed before one that
 * writes the whole resource, however much later that was; whoever else wrote is counted.
 */
export function lastActor(
  writes: readonly LoggedWrite[],
  { fromMs, toMs }: Window,
): LastActor | null {
  const inside = writes.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const certain = inside.filter(({ onlyTags }) => onlyTags);
  const candidates = certain.length > 0 ? certain : inside;
  const [last] = candidates.toSorted((a, b) => b.atMs - a.atMs);
  if (last === undefined) return null;
  const actors = new Set(inside.map(({ actor }) => actor));
  return { actor: last.actor, atMs: last.atMs, action: last.action, otherActors: actors.size - 1 };
}
