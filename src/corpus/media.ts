import type { Media } from "../types.js";

const CLOCK = /^(?:(\d{1,3}):(?=\d{2}:))?(\d{1,3}):(\d{2})$/;

/** Reads `[hh:]mm:ss` into whole seconds; null for anything else ("01:12:11" → 4331, "75:00" → 4500). */
export function parseClock(text: string): number | null {
  const match = CLOCK.exec(text.trim());
  if (match === null) return null;
  const hours = match[1] === undefined ? null : Number(match[1]);
  const minutes = Number(match[2]);
  const seconds = Number(match[3]);
  if (seconds > 59 || (hours !== null && minutes > 59)) return null;
  return (hours ?? 0) * 3600 + minutes * 60 + seconds;
}

/** Writes seconds as `hh:mm:ss`, always with hours (4331 → "01:12:11"); fractions are cut off. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** The address of a recording, at the given second if there is one (whole seconds, rounded down). */
export function linkAt(media: Media, seconds: number | null): string {
  const link = `https://www.youtube.com/watch?v=${encodeURIComponent(media.id)}`;
  return seconds === null ? link : `${link}&t=${Math.max(0, Math.floor(seconds))}s`;
}

const YOUTUBE_ID = /^[\w-]{11}$/;
const YOUTUBE_HOST = /^(?:(?:www|m|music)\.)?(?:youtube\.com|youtube-nocookie\.com)$/;
const YOUTUBE_PATH = /^\/(?:embed|shorts|live|v)\/([^/]+)/;

/** The 11-character id of a YouTube video, given the id itself or the address of the video; null for anything else. */
export function youtubeId(text: string): string | null {
  const trimmed = text.trim();
  if (YOUTUBE_ID.test(trimmed)) return trimmed;
  const url = parseUrl(trimmed);
  if (url === null) return null;
  const id = idInUrl(url);
  return id !== null && YOUTUBE_ID.test(id) ? id : null;
}

function idInUrl(url: URL): string | null {
  const host = url.hostname.toLowerCase();
  if (/^(?:www\.)?youtu\.be$/.test(host)) return url.pathname.split("/")[1] ?? null;
  if (!YOUTUBE_HOST.test(host)) return null;
  if (/^\/watch\/?$/.test(url.pathname)) return url.searchParams.get("v");
  return YOUTUBE_PATH.exec(url.pathname)?.[1] ?? null;
}

/** Parses an http(s) address, also one written without its scheme ("youtu.be/…", "//youtu.be/…"). */
function parseUrl(text: string): URL | null {
  const absolute = /^https?:\/\//i.test(text) ? text : `https://${text.replace(/^\/\//, "")}`;
  return URL.canParse(absolute) ? new URL(absolute) : null;
}
