import { onEveryDatabase } from "../storage/databases.ts";
import { costStoreContract } from "./store-contract.ts";

onEveryDatabase(costStoreContract);
