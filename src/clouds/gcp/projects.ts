import { z } from "zod";
import type { AccountName } from "../../domain/scan/unknown-account.ts";
import { parseSearchPage, searchIn } from "./asset-search.ts";
import { gcpMalformed } from "./errors.ts";
import { MAX_RESULTS_PER_PAGE } from "./limits.ts";
import { PROJECT_TYPE } from "./resource-types.ts";
import type { GcpSession } from "./session.ts";

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
  displayName: z.string().catch(""),
  state: z.string().catch(ACTIVE),
  additionalAttributes: z.object({ projectId: z.string().optional() }).catch({}),
});

/**
 * Every active project at any depth below an organization, in order of id. Resource Manager lists one
 * level at a time; the asset inventory knows them all.
 * @param organization organization number.
 */
export async function organizationProjects(
  session: GcpSession,
  organization: string,
  signal: AbortSignal,
): Promise<readonly AccountName[]> {
  const found: AccountName[] = [];
  let pageToken: string | undefined;
  do {
    const query = new URLSearchParams({
      assetTypes: PROJECT_TYPE,
      pageSize: String(MAX_RESULTS_PER_PAGE),
      readMask: "name,displayName,state,additionalAttributes",
      orderBy: "name",
    });
    if (pageToken !== undefined) query.set("pageToken", pageToken);
    const call = searchIn(`organizations/${encodeURIComponent(organization)}`, query);
    const page = parseSearchPage(await session.get(call, signal), ProjectAsset);
    for (const asset of page.results)
      if (asset.state === ACTIVE)
        found.push({ id: projectIdOf(asset, call.operation), name: asset.displayName });
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return byId(found);
}

/** `//cloudresourcemanager.googleapis.com/projects/{id}`; where it has the number, an attribute has the id. */
function projectIdOf(asset: z.infer<typeof ProjectAsset>, operation: string): string {
  const last = asset.name.split("/").at(-1) ?? "";
  const id = /^\d*$/.test(last) ? asset.additionalAttributes.projectId : last;
  if (id === undefined) throw gcpMalformed(operation);
  return id;
}

function byId(projects: readonly AccountName[]): readonly AccountName[] {
  return projects.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
