import { describe, expect, test } from "vitest";
import { keyName, nameRelation, type NameRelation } from "./name-likeness.ts";
import { foldValue, keyLetters } from "./spelling.ts";
import { tagWords } from "./tag-words.ts";

describe("words of a key", () => {
  test.each([
    ["CostCenter", "cost center"],
    ["COST-CENTRE", "cost center"],
    ["costctr", "cost center"],
    ["CC", "cost center"],
    ["AWSAccountID", "aws account id"],
    ["applicationname", "application name"],
    ["owned_by", "owner"],
    ["Tag:Owner", "owner"],
    ["status", "status"],
    ["teams", "team"],
    ["label", "label"],
    ["constructor", "constructor"],
    ["__proto__", "proto"],
    ["!!", ""],
  ])("%s: %s", (key, words) => {
    expect(tagWords(key).join(" ")).toBe(words);
  });
});

describe("how two keys are alike", () => {
  test.each<[string, string, NameRelation]>([
    ["CostCenter", "cost_center", "same_letters"],
    ["Cost Center", "COSTCENTER", "same_letters"],
    ["CostCenter", "cost-ctr", "same_words"],
    ["BusinessUnit", "BU", "same_words"],
    ["Environment", "env", "same_words"],
    ["Environment", "Enviroment", "typo"],
    ["CostCenter", "CostCenetr", "typo"],
    ["Owner", "Ownr", "typo"],
    ["Marketing", "mktg", "abbreviation"],
    ["Procurement", "procure", "abbreviation"],
    ["Kubernetes", "kbrnts", "abbreviation"],
    ["Data Protection Officer", "dpo", "abbreviation"],
    ["Environment", "Stage", "synonym"],
    ["Application", "AppName", "neutral_word_added"],
    ["Owner", "OwnerTeam", "word_added"],
    ["BusinessOwner", "TechnicalOwner", "shared_word"],
    ["CreatedBy", "CreatedAt", "none"],
    ["Contact", "Contract", "none"],
    ["Stage", "Storage", "none"],
    ["env", "eng", "none"],
    ["Zone1", "Zone2", "none"],
    ["Team", "Tier", "none"],
  ])("%s and %s: %s", (a, b, relation) => {
    expect(nameRelation(keyName(a), keyName(b))).toBe(relation);
    expect(nameRelation(keyName(b), keyName(a))).toBe(relation);
  });
});

describe("folds", () => {
  test.each([
    [" Data Platform ", "data-platform", true],
    ["CC_1001", "cc 1001", true],
    ["10.0", "100", false],
    ["2026-01-02", "2026-10-2", false],
    ["prod", "production", false],
  ])("%j and %j are the same value: %s", (a, b, same) => {
    expect(foldValue(a) === foldValue(b)).toBe(same);
  });

  test("letters of a key keep digits and other alphabets", () => {
    expect(keyLetters("Kosten-Stelle_2 (Größe)")).toBe("kostenstelle2größe");
  });
});
