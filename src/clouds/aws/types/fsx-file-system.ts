import { listedType } from "../listed-type.ts";

/** FSx file systems of every kind; Terraform has one resource a kind, of which this is one. */
export const fsxFileSystem = listedType({
  id: "fsx:file-system",
  category: "object_storage",
  billable: true,
  readActions: ["fsx:DescribeFileSystems"],
  cloudFormation: "AWS::FSx::FileSystem",
  terraform: "aws_fsx_lustre_file_system",
  service: "fsx",
  list: (api) => api.fileSystems,
  tags: "listed",
});
