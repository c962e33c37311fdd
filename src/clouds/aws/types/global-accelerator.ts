import { listedType } from "../listed-type.ts";

/** Accelerators, which are asked for in us-west-2 (Global Accelerator API Reference, "Welcome"). */
export const globalAccelerator = listedType({
  id: "globalaccelerator:accelerator",
  category: "network",
  billable: true,
  global: true,
  home: "us-west-2",
  readActions: ["globalaccelerator:ListAccelerators"],
  cloudFormation: "AWS::GlobalAccelerator::Accelerator",
  terraform: "aws_globalaccelerator_accelerator",
  service: "globalAccelerator",
  list: (api) => api.accelerators,
  tags: "tagging_api",
});
