import { onEveryDatabase } from "../storage/databases.ts";
import { historyContract } from "./history-contract.ts";

onEveryDatabase(historyContract);
