import { createHash } from "node:crypto";
import type { Estate } from "../estate/types.ts";

/** The company's organization and the one folder that all of its projects are in. */
export const ORGANIZATION = "organizations/433617025984";
export const FOLDER = "folders/781204466317";

/** A project under both of its names: Google's answers use the number, people the id. */
export interface Project {
  readonly id: string;
  /** Twelve digits. */
  readonly number: string;
  readonly displayName: string;
  readonly createTime: string;
}

/** Every project of the company was made on the day it moved to Google Cloud. */
const CREATED_AT = "2021-03-02T18:34:12.155Z";

export function projectsOf(estate: Estate): readonly Project[] {
  return estate.accounts.flatMap(({ cloud, id, name }) =>
    cloud === "gcp"
      ? [{ id, number: projectNumber(id), displayName: name, createTime: CREATED_AT }]
      : [],
  );
}

/** Project numbers are assigned, not chosen, so the estate has none; a digest of the id is as good. */
function projectNumber(id: string): string {
  const digest = createHash("sha256").update(id).digest().readUIntBE(0, 6);
  return String(100_000_000_000 + (digest % 900_000_000_000));
}

/** The project that `projects/{id or number}` names. */
export function findProject(projects: readonly Project[], name: string): Project | undefined {
  const wanted = name.replace(/^projects\//, "");
  return projects.find(({ id, number }) => id === wanted || number === wanted);
}

/** The projects below a `projects/…`, `folders/…` or `organizations/…`; undefined when there is none such. */
export function projectsBelow(
  projects: readonly Project[],
  scope: string,
): readonly Project[] | undefined {
  if (scope === ORGANIZATION || scope === FOLDER) return projects;
  const project = scope.startsWith("projects/") ? findProject(projects, scope) : undefined;
  return project && [project];
}
