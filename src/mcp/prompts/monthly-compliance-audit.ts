import * as z from "zod";
import { asUser, definePrompt } from "../define-prompt.ts";
import { scopeArguments, scopeCompletion, scopeText } from "./arguments.ts";

export default definePrompt({
  name: "monthly_compliance_audit",
  title: "Monthly compliance audit",
  description:
    "Audits the tags of a month: score and trend, worst accounts, what changed, unattributed spend, and what could not be read.",
  input: z.strictObject(scopeArguments),
  complete: scopeCompletion,
  messages: (scope) =>
    asUser(
      "Audit how our cloud resources kept the tagging policy over the last month.",
      `Use these arguments in every call that takes them: ${scopeText(scope)}`,
      "",
      "Call, in this order:",
      "1. get_tagging_policy: the rules, and whether lint findings make them doubtful.",
      "2. check_tag_compliance: the score now, the most frequent violations, and the coverage.",
      '3. get_violation_history with group_by "week": where the score is heading.',
      "4. check_cross_account_compliance: the accounts that need attention first.",
      "5. detect_tag_drift: tags that were removed or changed, and by whom where that is known.",
      "6. get_cost_attribution_gap: the spend that nobody answers for, and why.",
      "",
      "Then report: the score with its coverage and the age of the data; the direction; the five findings that matter most, by money where costs are known, each with its owner; what could not be read and what to do about it. Never present an unknown as compliant or as untagged. If an answer needs clarification, ask me before you go on.",
    ),
});
