const waiting: (() => void)[] = [];

/**
 * Waits for this caller's turn: one caller goes on each time the event loop comes round. Work of some milliseconds that begins
 * so leaves the server free, between two pieces of it, to take new connections (of which Node takes one a round) and to read.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(goOn);
  });
}

function goOn(): void {
  waiting.shift()!();
  if (waiting.length > 0) setImmediate(goOn);
}
