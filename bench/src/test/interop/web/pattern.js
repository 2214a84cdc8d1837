// Bytes of which no place is like another a few mebibytes off, to fill connections with and to check what arrives.
const BLOCK = Buffer.alloc(65_521); // a prime: no buffer of ours is a multiple of it
for (let i = 0; i < BLOCK.length; i++) {
  BLOCK[i] = (31 * i + (i >> 8)) & 0xff;
}
const STALL_MILLIS = 700;

export class Pattern {
  at = 0;

  /** The next bytes. */
  next(count) {
    const from = this.at % BLOCK.length;
    const bytes = BLOCK.subarray(from, Math.min(BLOCK.length, from + count));
    this.at += bytes.length;
    return bytes;
  }

  /** Fails unless these are the next bytes. */
  check(data) {
    for (let from = 0; from < data.length; ) {
      const expected = this.next(data.length - from);
      if (!data.subarray(from, from + expected.length).equals(expected)) {
        throw new Error(`wrong bytes before ${this.at}`);
      }
      from += expected.length;
    }
  }
}

/** Writes so many bytes; `stalled` is told, once, how many were taken when the other end had taken none for a while. */
export async function fillUntilStalled(stream, bytes, stalled) {
  const pattern = new Pattern();
  let isTold = false;
  while (pattern.at < bytes) {
    if (!stream.write(pattern.next(bytes - pattern.at))) {
      const timer = setTimeout(() => {
        if (!isTold) {
          isTold = true;
          stalled(pattern.at);
        }
      }, STALL_MILLIS);
      await new Promise((resolve) => stream.once('drain', resolve));
      clearTimeout(timer);
    }
  }
}
