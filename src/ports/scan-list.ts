import type { ScanRecord } from "./inventory.ts";

/** Scans that still answer for some scope, the last one of each, youngest first. */
export type ListScans = (limit: number) => Promise<readonly ScanRecord[]>;
