const NAMES_MAX = 4_096;
/** Longer ones are no names of members. */
const NAME_CHARS_MAX = 40;

/** The same few names of members come again and again: each is judged once. */
export function remembered(judge: (name: string) => boolean): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    if (name.length > NAME_CHARS_MAX) return false;
    let answer = known.get(name);
    if (answer === undefined) {
      answer = judge(name);
      if (known.size < NAMES_MAX) known.set(name, answer);
    }
    return answer;
  };
}
