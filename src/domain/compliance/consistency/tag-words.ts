/**
 * The words people make tag keys of. Abbreviations are read as what they stand for; a word of the
 * vocabulary is never taken for a misspelling of another one (`contact`, `contract`).
 */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  acct: "account",
  app: "application",
  appl: "application",
  biz: "business",
  bu: "business unit",
  bus: "business",
  cc: "cost center",
  centre: "center",
  cntr: "center",
  ctr: "center",
  cfg: "configuration",
  config: "configuration",
  cust: "customer",
  db: "database",
  dept: "department",
  dpt: "department",
  desc: "description",
  descr: "description",
  div: "division",
  env: "environment",
  environ: "environment",
  envt: "environment",
  exp: "expiration",
  expiry: "expiration",
  grp: "group",
  loc: "location",
  maint: "maintenance",
  mgmt: "management",
  mgr: "manager",
  org: "organization",
  organisation: "organization",
  prj: "project",
  proj: "project",
  repo: "repository",
  svc: "service",
  sys: "system",
  ver: "version",
};

/** Several words that together say what one says. */
const PHRASES: readonly (readonly [readonly string[], string])[] = [
  [["owned", "by"], "owner"],
  [["created", "by"], "creator"],
];

/** Words with which different people name one thing. Too weak alone: the values must agree. */
const SYNONYMS: readonly (readonly string[])[] = [
  ["application", "workload"],
  ["customer", "client"],
  ["environment", "stage"],
  ["department", "division"],
  ["team", "squad"],
  ["owner", "contact"],
];

/** Say nothing about the meaning of the key they stand in. */
const NOISE = new Set(["tag", "label", "key", "value", "of", "the"]);

/** Often added to a key without changing its meaning, and often changing it: the values decide. */
export const NEUTRAL_WORDS: ReadonlySet<string> = new Set(["name", "code", "number", "id"]);

const COMMON_WORDS = `account approval archive asset audit author auto automation availability backup
  billing bucket budget build by category center change channel charge class classification cluster
  code compliance component confidentiality contact contract control cost country created creator
  criticality data date delete deployment disaster domain email enabled end feature finance function
  group host id image instance job launch level lifecycle line managed market module monitor
  monitoring name namespace network node number office operation order owned owner patch period
  platform policy pool priority process product profile program protection provider purpose recovery
  region release request resource responsible restart retention review role schedule scope security
  sensitivity server shutdown site source stack stage start startup state status stop storage
  subscription support target team tenant terraform test ticket tier time type unit updated usage
  user vendor vpc window zone`;

const VOCABULARY: ReadonlySet<string> = new Set([
  ...Object.keys(ABBREVIATIONS),
  ...Object.values(ABBREVIATIONS).flatMap((text) => text.split(" ")),
  ...SYNONYMS.flat(),
  ...COMMON_WORDS.split(/\s+/),
]);
/** Shorter ones are found inside too many words to cut a key by. */
const MIN_CUT_LENGTH = 3;

export function isTagWord(word: string): boolean {
  return VOCABULARY.has(word);
}

export function areSynonyms(a: string, b: string): boolean {
  return SYNONYMS.some((group) => group.includes(a) && group.includes(b));
}

/**
 * The words of a key: cut at separators and changes of case, and run-together vocabulary apart
 * (`costctr`); abbreviations written out, plurals made singular, noise left out.
 */
export function tagWords(key: string): readonly string[] {
  const words = key
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")
    .flatMap((word) => cut(word))
    .flatMap((word) => (own(ABBREVIATIONS, word) ?? singular(word)).split(" "));
  const telling = joinPhrases(words).filter((word) => !NOISE.has(word));
  return telling.length > 0 ? telling : words;
}

function own(record: Readonly<Record<string, string>>, word: string): string | undefined {
  return Object.hasOwn(record, word) ? record[word] : undefined;
}

function singular(word: string): string {
  const isPlural = word.length > 4 && word.endsWith("s") && !/(?:ss|us|is)$/u.test(word);
  return isPlural ? word.slice(0, -1) : word;
}

function joinPhrases(words: readonly string[]): readonly string[] {
  for (const [phrase, meaning] of PHRASES) {
    const at = words.findIndex((_, start) =>
      phrase.every((part, offset) => words[start + offset] === part),
    );
    if (at >= 0) return words.toSpliced(at, phrase.length, meaning);
  }
  return words;
}

/** A word that is nothing but two or three words of the vocabulary, apart; any other as it is. */
function cut(word: string): readonly string[] {
  if (VOCABULARY.has(word) || VOCABULARY.has(singular(word)) || word.length > 32) return [word];
  return cutInto(word, 3) ?? [word];
}

function cutInto(word: string, parts: number): readonly string[] | null {
  if (VOCABULARY.has(word)) return [word];
  if (parts === 1) return null;
  // The longest first word first: `applicationname` is not `app lication name`.
  for (let length = word.length - MIN_CUT_LENGTH; length >= MIN_CUT_LENGTH; length -= 1) {
    const head = word.slice(0, length);
    if (!VOCABULARY.has(head)) continue;
    const tail = cutInto(word.slice(length), parts - 1);
    if (tail !== null) return [head, ...tail];
  }
  return null;
}
