import { inventoryContract } from "./inventory-contract.ts";
import { sqliteFile } from "./sqlite-file.ts";

inventoryContract("SQLite", sqliteFile);
