import { onEveryDatabase } from "./databases.ts";
import { inventoryContract } from "./inventory-contract.ts";

onEveryDatabase(inventoryContract);
