import { onEveryDatabase } from "../storage/databases.ts";
import { leasesContract } from "./leases-contract.ts";

onEveryDatabase(leasesContract);
