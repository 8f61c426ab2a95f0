/** What a file may cost. */
export interface ReadingLimits {
  /** Of the file. */
  bytes: number;
  seconds: number;
  /** So much may the process grow by while a file is read. */
  megabytes: number;
  passages: number;
}

/** Far more than a book: the King James Bible is 4.5 MB of text and makes 7,000 passages. */
export const READING_LIMITS: ReadingLimits = { bytes: 50_000_000, seconds: 60, megabytes: 2000, passages: 50_000 };
