import { expect, it } from "vitest";
import type { CallNotice } from "../define.ts";
import { createNotices } from "./notices.ts";

const notice = (account: string): CallNotice => ({
  level: "warning",
  code: "cell_not_read",
  message: "Not read.",
  details: { account },
});

const codes = (told: number): readonly string[] => {
  const seen: CallNotice[] = [];
  const notices = createNotices((one) => seen.push(one));
  for (let index = 0; index < told; index += 1) notices.tell(notice(String(index)));
  notices.end();
  notices.end();
  notices.tell(notice("late"));
  return seen.map(({ code, details }) => `${code} ${Object.values(details).join()}`);
};
const first = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `cell_not_read ${index}`);

it.each([
  { told: 0, sent: [] },
  { told: 20, sent: first(20) },
  { told: 21, sent: [...first(20), "more_notices 1"] },
  { told: 500, sent: [...first(20), "more_notices 480"] },
])("of $told notices the first are sent, and how many more there were", ({ told, sent }) => {
  expect(codes(told)).toEqual(sent);
});
