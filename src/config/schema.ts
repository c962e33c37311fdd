import { z } from "zod";
import { Audit } from "./sections/audit.ts";
import { Cache } from "./sections/cache.ts";
import { ChangeLogSettings } from "./sections/change-log.ts";
import { Clouds } from "./sections/clouds.ts";
import { Costs } from "./sections/costs.ts";
import { Http } from "./sections/http.ts";
import { Log } from "./sections/log.ts";
import { Metrics } from "./sections/metrics.ts";
import { Policy } from "./sections/policy.ts";
import { Safety } from "./sections/safety.ts";
import { Scan } from "./sections/scan.ts";
import { ScheduledCompliance } from "./sections/scheduled-compliance.ts";
import { Storage } from "./sections/storage.ts";

/** The configuration file: a section a file; every field is documented because the reference is generated from here. */
export const ConfigSchema = z.strictObject({
  clouds: Clouds,
  policy: Policy,
  storage: Storage,
  scheduled_compliance: ScheduledCompliance,
  scan: Scan,
  costs: Costs,
  http: Http,
  log: Log,
  metrics: Metrics,
  safety: Safety,
  audit: Audit,
  cache: Cache,
  change_log: ChangeLogSettings,
});

/** What the file and the environment say, with defaults in place. */
export type Config = z.output<typeof ConfigSchema>;
