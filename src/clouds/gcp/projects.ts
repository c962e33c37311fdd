import { z } from "zod";
import type { AccountName } from "../../domain/scan/unknown-account.ts";
import { parseSearchPage, searchIn } from "./asset-search.ts";
import { gcpMalformed } from "./errors.ts";
import { MAX_RESULTS_PER_PAGE } from "./limits.ts";
import { PROJECT_TYPE } from "./resource-types.ts";
import type { GcpSession } from "./session.ts";

/** A project, and where it was found. */
export interface GcpProject extends AccountName {
  /** By which the asset inventory names the project of an asset. */
  readonly number?: string;
  /** `organizations/…` or `folders/…` in which a search finds its assets. */
  readonly scope?: string;
}

const ACTIVE = "ACTIVE";

/** SearchProjectsResponse of the discovery document `cloudresourcemanager` v3. */
const ProjectPage = z.object({
  projects: z
    .array(
      z.object({
        projectId: z.string().min(1),
        displayName: z.string().catch(""),
        state: z.string().catch(ACTIVE),
      }),
    )
    .default([]),
  nextPageToken: z.string().optional(),
});

/** Every active project the credential can see, in order of id. */
export async function searchProjects(
  session: GcpSession,
  signal: AbortSignal,
): Promise<readonly AccountName[]> {
  const operation = "projects.search";
  const found: AccountName[] = [];
  let pageToken = "";
  do {
    const query = new URLSearchParams({ query: `state:${ACTIVE}`, pageSize: "500" });
    if (pageToken !== "") query.set("pageToken", pageToken);
    const body = await session.get(
      { service: "projects", path: "/v3/projects:search", query, operation },
      signal,
    );
    const page = ProjectPage.safeParse(body);
    if (!page.success) throw gcpMalformed(operation, page.error);
    for (const { projectId, displayName, state } of page.data.projects)
      if (state === ACTIVE) found.push({ id: projectId, name: displayName });
    pageToken = page.data.nextPageToken ?? "";
  } while (pageToken !== "");
  return byId(found);
}

const ProjectAsset = z.object({
  name: z.string(),
  project: z.string().catch(""),
  displayName: z.string().catch(""),
  state: z.string().catch(ACTIVE),
  additionalAttributes: z.object({ projectId: z.string().optional() }).catch({}),
});

/**
 * Every active project at any depth below an organization or a folder, in order of id. Resource Manager
 * lists one level at a time; the asset inventory knows them all.
 * @param scope `organizations/…` or `folders/…`, by number.
 */
export async function projectsIn(
  session: GcpSession,
  scope: string,
  signal: AbortSignal,
): Promise<readonly GcpProject[]> {
  const found: GcpProject[] = [];
  let pageToken: string | undefined;
  do {
    const query = new URLSearchParams({
      assetTypes: PROJECT_TYPE,
      pageSize: String(MAX_RESULTS_PER_PAGE),
      readMask: "name,project,displayName,state,additionalAttributes",
      orderBy: "name",
    });
    if (pageToken !== undefined) query.set("pageToken", pageToken);
    const call = searchIn(scope, query);
    const page = parseSearchPage(await session.get(call, signal), ProjectAsset);
    for (const asset of page.results)
      if (asset.state === ACTIVE)
        found.push({ ...identityOf(asset, call.operation), name: asset.displayName, scope });
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return byId(found);
}

/** `//cloudresourcemanager.googleapis.com/projects/{id}`; where it has the number, an attribute has the id. */
function identityOf(
  asset: z.infer<typeof ProjectAsset>,
  operation: string,
): Pick<GcpProject, "id" | "number"> {
  const last = asset.name.split("/").at(-1) ?? "";
  const id = /^\d*$/.test(last) ? asset.additionalAttributes.projectId : last;
  if (id === undefined) throw gcpMalformed(operation);
  const number = /^projects\/(\d+)$/.exec(asset.project)?.[1];
  return number === undefined ? { id } : { id, number };
}

function byId<T extends AccountName>(projects: readonly T[]): readonly T[] {
  return projects.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
