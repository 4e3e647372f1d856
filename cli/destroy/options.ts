/** What `dbha destroy` is called with. */
export interface Options {
  stack: string;
  /** Hosts that are gone for good. */
  lost: string[];
  /** Whether it is to be done, and not only shown. */
  isSure: boolean;
}

/** Exit codes beside those of all commands. */
export const FAILED = 1;
export const SHOWN = 10;
export const LEFT = 11;
