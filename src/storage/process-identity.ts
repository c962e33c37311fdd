import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";

/**
 * A name for something that this process holds in a shared database. It tells other processes of the same
 * machine which process that was, so that they need not wait for the silence of one that was killed.
 */
export function ownerName(): string {
  return [randomUUID(), pidSpace(), process.pid, startOf(process.pid) ?? "unknown"].join(" ");
}

/** Is it certain that the process of this name has ended? False of processes that cannot be seen from here. */
export function hasEnded(name: string): boolean {
  const [, space, pid, start] = name.split(" ");
  if (space === undefined || space !== pidSpace()) return false;
  if (!isAlive(Number(pid))) return true;
  const now = startOf(Number(pid));
  // Another process can have been given the number since.
  return now !== undefined && start !== "unknown" && now !== start;
}

let known: string | undefined;

/** Within what the numbers of processes are unique. */
function pidSpace(): string {
  known ??= linuxPidSpace() ?? addressesOfMachine();
  return known;
}

/** Containers of one machine share its boot but number their processes themselves (pid_namespaces(7)). */
function linuxPidSpace(): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot}/${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return undefined;
  }
}

/** Machines can have equal names, but not equal network cards. */
function addressesOfMachine(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((some) =>
    (some ?? []).map(({ mac }) => mac),
  );
  return [hostname(), ...new Set(addresses.toSorted())].join("/").replaceAll(" ", "_");
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 is not sent: it asks whether one could be (kill(2)).
    process.kill(pid, 0);
    return stateOf(pid) !== "Z";
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

/** When a process started, in ticks since the machine did; undefined where the system does not tell. */
function startOf(pid: number): string | undefined {
  return statOf(pid)?.[19];
}

/** `Z`: it has ended, and its parent has not asked how. */
function stateOf(pid: number): string | undefined {
  return statOf(pid)?.[0];
}

/** The fields of `/proc/<pid>/stat` from the state on (proc_pid_stat(5)); the name before them is free text. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
