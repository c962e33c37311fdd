import { createHash } from "node:crypto";
import type { FaultKind } from "../faults.ts";
import type { LoopbackAnswer } from "../loopback.ts";
import { googleHeaders, invalidArgument, permissionDenied, unavailable } from "./errors.ts";
import { findProject, FOLDER, ORGANIZATION, type Project } from "./hierarchy.ts";

export interface ProjectsContext {
  readonly projects: readonly Project[];
  /** The most that a page holds. Google may serve fewer than asked; a small number tests that. */
  readonly pageSize: number;
}

/** Answers `GET /v3/projects:search`; `query` may be `state:ACTIVE` or `parent:…`. */
export function searchProjects(
  context: ProjectsContext,
  params: URLSearchParams,
  fault: FaultKind | undefined,
): LoopbackAnswer {
  const query = params.get("query") ?? "";
  const [, field, value] = /^(state|parent)[:=](\S+)$/.exec(query) ?? [];
  if (query !== "" && field === undefined) {
    return invalidArgument("query", "The query is outside the simulated part of the syntax.");
  }
  const found = context.projects.filter(
    () => field === undefined || value === (field === "state" ? "ACTIVE" : FOLDER),
  );
  return page({ ...context, projects: found }, params, fault);
}

/** Answers `GET /v3/projects?parent=…`: direct children only, so the organization itself has none. */
export function listProjects(
  context: ProjectsContext,
  params: URLSearchParams,
  fault: FaultKind | undefined,
): LoopbackAnswer {
  const parent = params.get("parent") ?? "";
  if (!/^(folders|organizations)\/\d+$/.test(parent)) {
    return invalidArgument("parent", "A folder or an organization is required.");
  }
  if (parent !== FOLDER && parent !== ORGANIZATION) {
    return permissionDenied("resourcemanager.projects.list", parent);
  }
  const children = parent === FOLDER ? context.projects : [];
  return page({ ...context, projects: children }, params, fault);
}

/** Answers `GET /v3/projects/{id or number}`; `name` starts with `projects/`. */
export function getProject(
  context: ProjectsContext,
  name: string,
  fault: FaultKind | undefined,
): LoopbackAnswer {
  // One object cannot be cut short, so the answer fails as a whole.
  if (fault === "partial") return unavailable();
  const project = findProject(context.projects, name);
  if (project === undefined) {
    return permissionDenied("resourcemanager.projects.get", name);
  }
  return { status: 200, headers: googleHeaders(), body: present(project) };
}

function page(
  context: ProjectsContext,
  params: URLSearchParams,
  fault: FaultKind | undefined,
): LoopbackAnswer {
  const asked = Number(params.get("pageSize") ?? 0);
  const token = params.get("pageToken") ?? "";
  const offset = token === "" ? 0 : Number(Buffer.from(token, "base64url").toString("utf8"));
  if (!Number.isInteger(asked)) return invalidArgument("page_size", "Not an integer.");
  if (!Number.isInteger(offset)) return invalidArgument("page_token", "The page token is invalid.");
  const size = fault === "partial" ? 1 : Math.min(asked > 0 ? asked : Infinity, context.pageSize);
  const projects = context.projects.slice(offset, offset + size).map(present);
  const isLast = fault !== "partial" && offset + size >= context.projects.length;
  const nextPageToken = Buffer.from(String(offset + size)).toString("base64url");
  const body = {
    ...(projects.length > 0 ? { projects } : {}),
    ...(isLast ? {} : { nextPageToken }),
  };
  return { status: 200, headers: googleHeaders(), body };
}

function present({ id, number, displayName, createTime }: Project): object {
  return {
    name: `projects/${number}`,
    parent: FOLDER,
    projectId: id,
    state: "ACTIVE",
    displayName,
    createTime,
    updateTime: createTime,
    etag: `W/"${createHash("sha256").update(id).digest("hex").slice(0, 16)}"`,
  };
}
