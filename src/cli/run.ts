import { parseArgs, type ParseArgsConfig } from "node:util";
import { DocentError, EmbeddingError, messageOf, StartupError } from "../errors.js";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Reads a command's arguments. @throws StartupError with the usage line if they do not fit */
export function readArguments(
  options: Options,
  usage: string,
): { values: Record<string, unknown>; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true, strict: true });
    return { values, positionals };
  } catch (error) {
    throw new StartupError(`${messageOf(error).split(". ")[0]}.\n${usage}`);
  }
}

/** Runs a command; a fault a person can mend is one plain line. Sets the exit code. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  // A reader that has seen enough, such as "| head", is no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  try {
    process.exitCode = await command();
  } catch (error) {
    const isKnown = error instanceof StartupError || error instanceof DocentError || error instanceof EmbeddingError;
    process.stderr.write(`${isKnown ? error.message : `Unexpected: ${messageOf(error)}`}\n`);
    process.exitCode = 1;
  }
}
