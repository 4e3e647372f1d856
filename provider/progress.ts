/**
 * Counts bytes of a transfer and tells how far it is, as a whole percentage: at most every two seconds, and at its end.
 * @param total length of the whole in bytes
 */
export function meter(total: number, progress: (percent: number) => void): (bytes: number) => void {
  let done = 0;
  let told = Date.now();
  return (bytes) => {
    done += bytes;
    if (Date.now() - told >= 2_000 || done === total) {
      told = Date.now();
      progress(Math.floor((100 * done) / total));
    }
  };
}
