/** For options that may be repeated and that take lists: `--cloud aws,gcp --cloud azure`. */
export const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [
  ...earlier,
  ...value.split(",").map((part) => part.trim()),
];
