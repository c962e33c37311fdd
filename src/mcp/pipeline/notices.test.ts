import { expect, it } from "vitest";
import type { CallNotice } from "../define.ts";
import { createNotices } from "./notices.ts";

const notice = (account: string): CallNotice => ({
  level: "warning",
  code: "cell_not_read",
  message: "Not read.",
  details: { account },
});

it.each([
  { told: 0, sent: 0, last: undefined },
  { told: 20, sent: 20, last: { code: "cell_not_read", details: { account: "19" } } },
  { told: 21, sent: 21, last: { code: "more_notices", details: { count: 1 } } },
  { told: 500, sent: 21, last: { code: "more_notices", details: { count: 480 } } },
])("of $told notices $sent are sent", ({ told, sent, last }) => {
  const seen: CallNotice[] = [];
  const notices = createNotices((one) => seen.push(one));
  for (let index = 0; index < told; index += 1) notices.tell(notice(String(index)));
  notices.end();
  notices.end();
  notices.tell(notice("late"));
  expect(seen).toHaveLength(sent);
  if (last === undefined) expect(seen).toEqual([]);
  else expect(seen.at(-1)).toMatchObject(last);
});
