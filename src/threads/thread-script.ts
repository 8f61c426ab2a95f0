import path from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The script for a thread, from the name of a module beside the caller's.
 *
 * @param name without extension
 * @param caller the caller's `import.meta.url`
 */
export function threadScript(name: string, caller: string): URL {
  const extension = path.extname(fileURLToPath(caller));
  const script = new URL(`./${name}${extension}`, caller);
  if (extension !== ".ts") return script;
  // Sources run as they are, in development and tests: the thread needs the loader that understands them.
  const tsx = import.meta.resolve("tsx/esm/api");
  const code = `import { register } from "${tsx}"; register(); await import("${script.href}");`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
