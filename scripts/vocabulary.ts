import { stem } from "./stem.ts";

/**
 * Words that mean the same to whoever asks about tags and money, the first of each line standing for all.
 * What a model knows and counting words does not: without it descriptions would have to list synonyms. The
 * first two lines are what the server's instructions tell every client.
 */
const SYNONYMS = `
tag label
account subscription project
allowed permitted legal accepted
bill invoice
change modify edit alter
check verify audit inspect
compare benchmark
consistent uniform
cost spend money expense dollar
different differ diverge disagree inconsistent conflict contradict mismatch
executive management leadership board director
export download extract dump
file spreadsheet sheet
import sync ingest
missing lack absent
no without nothing none
organization org
rank leaderboard ranking
rate pace speed fast
remove delete wipe strip erase
report document summary
required mandatory obligatory
resource instance bucket vm volume database lambda server machine
score percentage grade
share portion fraction percent
spell spelling casing case notation written
suggest recommend propose guess infer predict
trend develop evolve progress
unallocated unattributed
untagged naked bare
user person somebody
center centre
violation violate break offend breach noncompliant
worst worse bad
`;

const CANONICAL = new Map(
  SYNONYMS.trim()
    .split("\n")
    .flatMap((line) => {
      const [first = "", ...others] = line.split(" ").map(stem);
      return others.map((other): [string, string] => [other, first]);
    }),
);

/** The stem that stands for a word and all that mean the same. */
export function meaningOf(word: string): string {
  const cut = stem(word);
  return CANONICAL.get(cut) ?? cut;
}
