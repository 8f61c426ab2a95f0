const PREFIX = "docent://sources/";

/** How a source's address is made: the id with everything but letters, digits and `-._~` encoded (RFC 6570). */
export const SOURCE_TEMPLATE = `${PREFIX}{id}`;

/** `guides/a tour` → `docent://sources/guides%2Fa%20tour` */
export function addressOf(id: string): string {
  const encoded = encodeURIComponent(Buffer.from(id).toString()); // Half a surrogate pair cannot be encoded.
  return PREFIX + encoded.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The id in an address, also where its `/` are not encoded; null if it is no address of a source. */
export function idIn(address: string): string | null {
  if (!address.startsWith(PREFIX)) return null;
  try {
    return decodeURIComponent(address.slice(PREFIX.length));
  } catch {
    return null; // "%" without two digits behind it
  }
}
