import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { announcedScans, announcedVerdicts } from "../../src/app/announced-scans.ts";
import { EVERYTHING, type Scope } from "../../src/domain/scan/scope.ts";
import { AppError } from "../../src/domain/errors.ts";
import type { Change } from "../../src/ports/changes.ts";
import type { InventoryStore } from "../../src/ports/inventory.ts";
import type { ScansMeeting } from "../../src/ports/scan-list.ts";
import { createScansMeeting } from "../../src/storage/inventory/scan-list.ts";
import { createInventoryStore } from "../../src/storage/inventory.ts";
import { createReJudgeStore } from "../../src/storage/re-judge/index.ts";
import { onEveryDatabase } from "./databases.ts";
import { begin, manualClock } from "./estate.ts";
import type { TestDatabase } from "./inventory-contract.ts";

const AWS: Scope = { ...EVERYTHING, clouds: ["aws"] };
const AWS_INSTANCES: Scope = { ...AWS, resourceTypes: ["EC2:Instance"] };
const VOLUMES: Scope = { ...EVERYTHING, resourceTypes: ["ec2:volume"] };
const GCP: Scope = { ...EVERYTHING, clouds: ["gcp"] };

onEveryDatabase((engine, create) => {
  describe(`scans that show something else, on ${engine}`, () => {
    let database: TestDatabase;
    let store: InventoryStore;
    let looked: number;
    let announced: Change[];
    let heard: boolean;
    let open: (lookUp?: ScansMeeting) => InventoryStore;
    let judging: ReturnType<typeof createReJudgeStore>;
    beforeEach(async () => {
      database = await create();
      const db = await database.connect();
      const clock = manualClock();
      store = createInventoryStore(db, { clock });
      looked = 0;
      announced = [];
      heard = true;
      const changes = {
        announce: (change: Change) => {
          announced.push(change);
        },
        isHeard: () => heard,
      };
      const logger = { debug() {}, info() {}, warn() {}, error() {} };
      const meeting = createScansMeeting(db);
      const scansMeeting: ScansMeeting = async (scope) => {
        looked += 1;
        return meeting(scope);
      };
      const deps = { changes, logger, scansMeeting };
      open = (lookUp = scansMeeting) => announcedScans(store, { ...deps, scansMeeting: lookUp });
      judging = announcedVerdicts(createReJudgeStore(db, clock), deps);
    });
    afterEach(async () => {
      await store.close();
      await database.dispose();
    });

    const scan = async (id: string, scope: Scope, through = open()): Promise<void> => {
      const writer = await begin(through, { id, scope });
      await writer.finish("complete");
    };
    const idsOf = (change: Change | undefined): readonly string[] =>
      change?.kind === "scans" ? change.scanIds.toSorted() : [];

    test("are the one that ended, and those of the same ground until then", async () => {
      await scan("all", EVERYTHING);
      await scan("gcp", GCP);
      await scan("volumes", VOLUMES);
      await scan("instances", AWS_INSTANCES);
      await scan("aws", AWS);
      expect(announced.map(idsOf)).toEqual([
        ["all"],
        ["all", "gcp"],
        ["all", "gcp", "volumes"],
        ["all", "instances"],
        ["all", "aws", "instances", "volumes"],
      ]);
      await scan("instances again", AWS_INSTANCES);
      expect(idsOf(announced.at(-1))).toEqual(["all", "aws", "instances", "instances again"]);
    });

    test("are all that answer, when what is stored was judged anew", async () => {
      await scan("aws", AWS);
      await scan("gcp", GCP);
      announced = [];
      const begun = await judging.begin("another policy");
      if (begun.kind !== "begun") throw new Error("Nothing hinders it.");
      expect(announced).toEqual([]);
      await begun.judgement.finish();
      expect(announced.map(idsOf)).toEqual([["aws", "gcp"]]);
    });

    test("are not looked for while nobody listens", async () => {
      heard = false;
      await scan("all", EVERYTHING);
      expect(looked).toBe(0);
    });

    test("never make a scan fail", async () => {
      const broken = open(() => Promise.reject(new AppError("storage_unavailable", "Gone.")));
      await scan("all", EVERYTHING, broken);
      expect(announced.map(idsOf)).toEqual([["all"]]);
    });
  });
});
