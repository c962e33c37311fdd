/**
 * Share of compliant resources among those judged, in [0, 1]; null when none was judged.
 * An empty scope has no score: "nothing was found" must never read as "all is well".
 */
export function complianceScore(compliant: number, nonCompliant: number): number | null {
  const judged = compliant + nonCompliant;
  return judged === 0 ? null : compliant / judged;
}
