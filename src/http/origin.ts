import type { Request } from "express";

/**
 * The origin that the caller sees this server at (`https://docs.example.org`), behind a trusted proxy the one it names.
 * Null where the caller names none that could be one: it goes into pages, also into lines that people copy.
 */
export function originOf({ protocol, host }: Request): string | null {
  if (protocol !== "http" && protocol !== "https") return null;
  if (!/^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i.test(host ?? "")) return null;
  const origin = `${protocol}://${host}`;
  return URL.canParse(origin) ? new URL(origin).origin : null;
}
