import type { Scope } from "../domain/scan/scope.ts";
import type { ScanRecord } from "./inventory.ts";

/** Scans that still answer for some scope, the last one of each, youngest first. */
export type ListScans = (limit: number) => Promise<readonly ScanRecord[]>;

/** Ids of those scans, of scopes that have anything in common with this one. */
export type ScansMeeting = (scope: Scope) => Promise<readonly string[]>;
