const COLOURS: Record<string, number> = { fatal: 31, error: 31, warn: 33, info: 32, debug: 34, trace: 90 };

/**
 * A JSON line of the log for a terminal: `12:03:04 INFO  answered  mode=extractive ms=10.2`, with a stack below it. What is not
 * ours to trust is shown as JSON, so that no text can move the cursor.
 */
export function prettyLine(line: string): string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const { level, time, msg, err, ...rest } = fields;
  const name = String(level);
  const clock = typeof time === "string" ? `${new Date(time).toTimeString().slice(0, 8)} ` : "";
  const stack = stackOf(err);
  const shown = { ...rest, ...(err === undefined || stack !== null ? {} : { err }) };
  const said = Object.entries(shown).map(([key, value]) => `${paint(90, `${key}=`)}${plain(value)}`);
  const head = `${clock}${paint(COLOURS[name] ?? 0, name.toUpperCase().padEnd(5))} ${printable(typeof msg === "string" ? msg : (JSON.stringify(msg) ?? ""))}`;
  return `${[head, ...said].join(" ")}\n${stack === null ? "" : `${stack}\n`}`;
}

function stackOf(err: unknown): string | null {
  if (typeof err !== "object" || err === null || !("stack" in err) || typeof err.stack !== "string") return null;
  return err.stack.split("\n").map(printable).join("\n");
}

/** Words and numbers as they are, everything else as JSON. */
function plain(value: unknown): string {
  return typeof value === "string" && /^[\w./:*-]+$/.test(value) ? value : printable(JSON.stringify(value) ?? "");
}

/** Without what JSON lets through: C1 controls, and marks that turn the direction of text round. */
function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}]/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}

function paint(colour: number, text: string): string {
  return `\u001b[${colour}m${text}\u001b[0m`;
}
