import { stem } from "./stem.ts";

/**
 * Words that mean the same to whoever asks about tags and money, the first of each line standing for all.
 * What a model knows and counting words does not: without it descriptions would have to list synonyms. The
 * first two lines are what the server's instructions tell every client.
 */
const SYNONYMS = `
tag label
account subscription project
access permission denied forbidden
allowed permitted legal accepted acceptable
application app workload
bill invoice
change modify edit alter tamper overwrite overwrote overwritten
check verify audit inspect
compare benchmark versus
compliant compliance comply conform hygiene
consistent uniform harmonise harmonize normalise normalize
cost spend money expense dollar usd eur
deploy rollout launch
different differ diverge disagree inconsistent conflict contradict mismatch diff
executive management leadership board director manager cio cto cfo ceo vp
expensive pricy pricey costly
export download extract dump
file spreadsheet sheet
excel xlsx workbook
import sync ingest adopt
improve better
keep store save retain freeze
missing lack absent omit forgotten forgot
no without nothing none nobody never
organization org organisation
owner own ownership accountable responsible custodian
pipeline ci
rank leaderboard ranking
rate pace speed fast
remove delete wipe strip erase lose lost drop disappear vanish
report document summary presentation deck
required mandatory obligatory compulsory
resource instance bucket vm volume disk database lambda function server machine queue cluster asset thing stuff item
score percentage percent grade
share portion fraction
snapshot baseline
spell spelling casing case capitalisation capitalization notation written typo misspell
suggest recommend propose guess infer predict likely probable sensible
team department division squad
trend develop evolve progress
unallocated unattributed unassigned mystery
untagged unlabelled unlabeled naked bare
user person somebody someone
valid correct right ok okay proper
violation violate break offend breach noncompliant infringe
worst worse bad
`;

/** Several words that mean what one does. */
const PHRASES: readonly (readonly [asked: RegExp, meant: string])[] = [
  [/\barn:\S+/g, " arn id "],
  // Ids of EC2 and its kin, as i-0abc or vol-0123, unlike eu-west-1.
  [/\b[a-z]{1,8}-[0-9][0-9a-f]{2,}\b/g, " id "],
  // Which of the usual tags a question is about says nothing of what it asks.
  [/\b(cost[ -]?(center|centre|code)|env|environment)s?\b/g, "keyname"],
  [/%/g, " percent "],
  [/\bw\/o\b/g, "without"],
  [/\b(yes or no|yes\/no)\b/g, "verdict"],
  [/\bno[ -]one\b/g, "nobody"],
  [/\bnon[ -]compliant/g, "noncompliant"],
  [/\b(management|payer|root) account\b/g, "organization account"],
  [/\bmust[ -]have\b/g, "required"],
  [/\bleft out\b/g, "missing"],
  [/\b(clean|cleaned|cleaning|tidy) ?up\b/g, "cleanup"],
  [/\b(took|take|taking|bring|brought) (over|in)\b/g, "import"],
  [/\bcharged? ?back\b/g, "chargeback"],
  [/\b(adds?|adding) up\b/g, "reconcile"],
  [/\b(day|week|month|quarter|year) (over|by|on) \1\b/g, "trend per $1"],
];

const CANONICAL = new Map(
  SYNONYMS.trim()
    .split("\n")
    .flatMap((line) => {
      const [first = "", ...others] = line.split(" ").map(stem);
      return others.map((other): [string, string] => [other, first]);
    }),
);

/** A text in lower case with its set phrases and bare ids put in the words that a description has for them. */
export function plainly(text: string): string {
  return PHRASES.reduce((plain, [asked, meant]) => plain.replaceAll(asked, meant), text);
}

/** The stem that stands for a word and all that mean the same. */
export function meaningOf(word: string): string {
  const cut = stem(word);
  return CANONICAL.get(cut) ?? cut;
}
