import Table from "cli-table3";

type Align = "left" | "right";

/** Columns and one rule under the head: reads well in any terminal and pastes well anywhere. */
export function plainTable(head: string[], align: Align[]): Table.Table {
  return new Table({
    head,
    colAligns: align,
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 2 },
    chars: {
      top: "",
      "top-mid": "",
      "top-left": "",
      "top-right": "",
      bottom: "",
      "bottom-mid": "",
      "bottom-left": "",
      "bottom-right": "",
      left: "",
      "left-mid": "",
      mid: "",
      "mid-mid": "",
      right: "",
      "right-mid": "",
      middle: "",
    },
  });
}
