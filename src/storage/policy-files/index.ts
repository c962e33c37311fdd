export { diskPolicyFile } from "./disk-policy-file.ts";
export { diskPolicyFolder } from "./disk-policy-folder.ts";
