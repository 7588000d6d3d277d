/**
 * Whether `text` matches `pattern`: `*` stands for anything but `/`, `**` for anything, `**` with a slash behind it also
 * for nothing at all. Takes at most as many steps as both lengths multiplied, whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const tokens = pattern.match(/\*\*\/|\*\*|\*|[^*]/gsu) ?? [];
  let reached = new Set([0]);
  for (const token of tokens) {
    reached = token.startsWith('*') ? afterStar(token, text, reached) : afterLiteral(token, text, reached);
    if (reached.size === 0) return false;
  }
  return reached.has(text.length);
}

function afterLiteral(token: string, text: string, reached: ReadonlySet<number>): Set<number> {
  return new Set([...reached].filter((place) => text.startsWith(token, place)).map((place) => place + token.length));
}

/** Every place that a star may lead to from one of those reached. */
function afterStar(token: string, text: string, reached: ReadonlySet<number>): Set<number> {
  const after = new Set<number>();
  let isOpen = false;
  for (let place = Math.min(...reached); place <= text.length; place++) {
    const isSlash = text[place - 1] === '/';
    if (token === '*' && isSlash) isOpen = false;
    if (reached.has(place)) {
      after.add(place);
      isOpen = true;
    } else if (isOpen && (token !== '**/' || isSlash)) after.add(place);
  }
  return after;
}
