import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const USUAL_PLACES = [
  ...NAMES.flatMap((name) => [`/usr/bin/${name}`, `/snap/bin/${name}`]),
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
];

export const CHROMIUM_MISSING =
  'The browser tests need Chromium. Install it (Debian and Ubuntu: "apt-get install chromium"), or set CHROMIUM_PATH to it.';

/** The browser that CHROMIUM_PATH names; without it, the first one on the PATH or in a usual place. */
export function findChromium(env: Record<string, string | undefined> = process.env): string | null {
  const given = env["CHROMIUM_PATH"] ?? "";
  if (given !== "") return isProgram(given) ? given : null;
  const folders = (env["PATH"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const onPath = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [...onPath, ...USUAL_PLACES].find(isProgram) ?? null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
