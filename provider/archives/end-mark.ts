import { Transform } from "node:stream";

/** Passes a tar on and fails when it lacks the zeros at its end: one that is cut between two entries reads well otherwise. */
export function endMark(): Transform {
  const block = 512;
  let tail = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      tail = Buffer.concat([tail, chunk.subarray(-block)]).subarray(-block);
      done(null, chunk);
    },
    flush(done) {
      const ended = tail.length === block && tail.every((byte) => byte === 0);
      done(ended ? null : new Error("it ends before the end of a tar file"));
    },
  });
}
