import { AppError } from "../../domain/errors.ts";
import { type GcpProject, projectsIn, searchProjects } from "./projects.ts";
import type { GcpSession } from "./session.ts";

/** What of Google Cloud is governed. */
export interface GcpEstate {
  /** Project ids to read; empty means all of the organization and folders, or all the credential can see. */
  readonly projects: readonly string[];
  /** `organizations/…` and `folders/…`, by number; matter when `projects` is empty. */
  readonly scopes: readonly string[];
}

export interface GovernedProjects {
  readonly projects: readonly GcpProject[];
  /** Scopes whose projects could not be listed. */
  readonly failures: readonly { readonly name: string; readonly error: unknown }[];
}

/**
 * A project that is configured by name is not looked up first: reading it may be allowed where listing
 * projects is not, and a project that cannot be read answers so.
 * @throws {AppError} of the first scope when none of them can be listed.
 */
export async function governedProjects(
  session: GcpSession,
  { projects, scopes }: GcpEstate,
  signal: AbortSignal,
): Promise<GovernedProjects> {
  if (projects.length > 0)
    return { projects: [...new Set(projects)].map((id) => ({ id, name: "" })), failures: [] };
  if (scopes.length === 0) return { projects: await searchProjects(session, signal), failures: [] };
  const answers = await Promise.allSettled(
    scopes.map((scope) => projectsIn(session, scope, signal)),
  );
  const found = new Map<string, GcpProject>();
  const failures: { readonly name: string; readonly error: unknown }[] = [];
  for (const [at, answer] of answers.entries()) {
    if (answer.status === "rejected")
      failures.push({ name: scopes[at] ?? "", error: answer.reason });
    // A folder of the organization that is named, too, adds nothing.
    else for (const one of answer.value) if (!found.has(one.id)) found.set(one.id, one);
  }
  if (signal.aborted || failures.length === scopes.length) throwFirst(failures);
  return { projects: [...found.values()], failures };
}

function throwFirst(failures: GovernedProjects["failures"]): void {
  for (const { error } of failures)
    throw error instanceof AppError
      ? error
      : new AppError("internal", "Google Cloud could not be asked.", { cause: error });
}
