import { listedType } from "../listed-type.ts";

/** EFS file systems. */
export const elasticfilesystemFileSystem = listedType({
  id: "elasticfilesystem:file-system",
  category: "object_storage",
  billable: true,
  readActions: ["elasticfilesystem:DescribeFileSystems"],
  cloudFormation: "AWS::EFS::FileSystem",
  terraform: "aws_efs_file_system",
  service: "efs",
  list: (api) => api.fileSystems,
  tags: "listed",
});
