/** How old an answer's data is, where it comes from, and whether something newer is on its way. */
export function ageText(answer: {
  readonly data_as_of: string;
  readonly scanned: boolean;
  readonly refreshing?: true | undefined;
}): string {
  const origin = answer.scanned ? "read from the clouds by this call" : "from the stored inventory";
  const newer = answer.refreshing
    ? " Refreshing behind this answer (its data or its policy is an older one): ask again for the newer state."
    : "";
  return `Data as of ${answer.data_as_of}, ${origin}.${newer}`;
}
