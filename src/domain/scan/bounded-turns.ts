/** Resolves in a turn of the event loop that has room for so much work, and takes the room. */
export type TakeTurn = (work: number) => Promise<void>;

/**
 * Shares turns of the event loop: what many do at the same time, none of which takes long, would together
 * hold up everything else.
 * @param most work done in one turn; what is larger has a turn to itself.
 * @param nextTurn resolves in the next turn.
 */
export function createBoundedTurns(most: number, nextTurn: () => Promise<void>): TakeTurn {
  let done = 0;
  let turn: Promise<void> | undefined;
  /** The turn that runs, when it has no more room. */
  const fullTurn = (): Promise<void> | undefined => (done >= most ? turn : undefined);
  const endTurn = async (): Promise<void> => {
    await nextTurn();
    done = 0;
    turn = undefined;
  };
  return async (work) => {
    for (let full = fullTurn(); full !== undefined; full = fullTurn()) await full;
    done += work;
    turn ??= endTurn();
  };
}
