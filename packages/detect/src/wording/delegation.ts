import { PROMPT_FLAGS } from './wording.ts';

/**
 * What a prompt leaves to texts that are read for it. Such a prompt explains why a call does what a
 * text says.
 */

const DELEGATES =
  /\b(?:do|perform|complete|follow|execute|handle|carry out|take care|address|accomplish|achieve|fulfil+|finish|help|solve|resolve|satisfy|meet|comply|act on|process|respond to|proceed|need to do|tackle|deal)\b[^.!?]{0,70}\b(?:tasks?|instructions?|actions?|requests?|to-?do|steps?|says?|asks?|asked|issues?|needs?|wants?|them|requirements?|specified|described|listed|mentioned|suggested)\b|\b(?:asked|told|wants|needs|requested) me to\b|\b(?:his|her|their|its) (?:request|issue|need|task|instruction|requirement)s?\b|\b(?:as|what) (?:he|she|they|it) (?:says?|asks?|wants?|needs?|requested|asked)\b/i;
const REFERS =
  /\b(?:find|see|get|read|check|look|details?|information|info|described|stated|specified|listed|mentioned|written|given|according|based|from|shared|sent)\b[^.!?]{0,60}\b(?:in|on|at|to|by|via|from|through)\b[^.!?]{0,40}\b(?:message|messages|email|emails|mail|inbox|file|document|doc|note|notes|page|website|site|list|invoice|bill|notice|letter|channel|issue|ticket|comment|attachment|link|\/\w|www\.)/i;
const OPEN =
  /\b(?:whatever|anything|everything|any|all)\b[^.!?]{0,30}\b(?:says?|asks?|tasks?|needed|necessary|required|it takes)\b|\bnecessary\b|\baccordingly\b|\bas (?:needed|required|requested|instructed|described)\b/i;

/** {@link PROMPT_FLAGS} of a prompt. */
export const flagsOf = (prompt: string): number =>
  (DELEGATES.test(prompt) ? PROMPT_FLAGS.delegates : 0) |
  (REFERS.test(prompt) ? PROMPT_FLAGS.refers : 0) |
  (OPEN.test(prompt) ? PROMPT_FLAGS.open : 0);
