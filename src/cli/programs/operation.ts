import type { Command } from "commander";
import { GROUPS, number, withJson } from "./shared-options.ts";

/** What runs the product and looks after it: `serve`, `doctor`, `config`, `db`, and programs of their own. */
export function addOperation(program: Command): void {
  const configFile = (): unknown => program.opts()["config"];
  addServe(program, configFile);
  addDoctor(program, configFile);
  addConfig(program, configFile);
  addDb(program, configFile);
  // Programs of their own that the launcher starts; listed here so that --help knows them.
  program
    .command("demo")
    .helpGroup(GROUPS.run)
    .description("see it work on simulated clouds; needs no account (demo --help)");
  program
    .command("sandbox")
    .helpGroup(GROUPS.run)
    .description("start simulated clouds on this machine (sandbox --help)");
}

function addServe(program: Command, configFile: () => unknown): void {
  program
    .command("serve")
    .helpGroup(GROUPS.run)
    .description("serve MCP over stdio, or over HTTP with --http")
    .option("--http", "streamable HTTP at /mcp, health at /health")
    .option("--host <address>", "address for --http (default: 127.0.0.1)")
    .option("--port <n>", "port for --http (default: 8080)", number)
    .action(async (options: Record<string, unknown>) => {
      const { runServeCommand } = await import("../commands/serve.ts");
      await runServeCommand(options, configFile());
    });
}

function addDoctor(program: Command, configFile: () => unknown): void {
  const doctor = program
    .command("doctor <cloud>")
    .helpGroup(GROUPS.run)
    .description("try every read permission and tell which are missing");
  withJson(doctor).action(async (cloud: string, options: Record<string, unknown>) => {
    const { runDoctorCommand } = await import("../commands/doctor.ts");
    process.exitCode = await runDoctorCommand(cloud, options, configFile());
  });
}

function addConfig(program: Command, configFile: () => unknown): void {
  const config = program
    .command("config")
    .helpGroup(GROUPS.run)
    .description("look at the configuration");
  withJson(
    config
      .command("show")
      .description("print the configuration in force and where each value comes from; no secrets"),
  ).action(async (options: Record<string, unknown>) => {
    const { showConfig } = await import("../commands/config.ts");
    showConfig(options, configFile());
  });
  config
    .command("check")
    .description("report every error of the configuration with its line")
    .option("--secrets", "read every referenced secret, too; none is shown")
    .action(async (options: Record<string, unknown>) => {
      const { checkConfig } = await import("../commands/config.ts");
      process.exitCode = await checkConfig(options, configFile());
    });
}

function addDb(program: Command, configFile: () => unknown): void {
  const db = program
    .command("db")
    .helpGroup(GROUPS.run)
    .description("look after the database of the inventory");
  db.command("migrate")
    .description("bring the schema up to date; servers do so themselves when they start")
    .action(async () => {
      const { migrateDatabase } = await import("../commands/db.ts");
      await migrateDatabase(configFile());
    });
  db.command("backup <file>")
    .description("copy the SQLite database, in use or not, to a new file")
    .action(async (file: string) => {
      const { backupDatabase } = await import("../commands/db.ts");
      await backupDatabase(file, configFile());
    });
  db.command("copy")
    .description("copy the SQLite database into the empty PostgreSQL database of storage.url")
    .action(async () => {
      const { copyToPostgres } = await import("../commands/db.ts");
      await copyToPostgres(configFile());
    });
}
