/**
 * The sentence for everything a stand-in leaves out: what was asked for, that this is the lab's stand-in, and who does it.
 * @param packageName Pulumi package, for instance `docker`
 * @param what the type, property or function, as the user wrote it
 */
export function refusal(packageName: string, what: string): string {
  return (
    `${what} is not implemented by the lab's stand-in of the ${packageName} provider; ` +
    `the real Pulumi CLI with the real ${packageName} provider does it.`
  );
}

/** `refusal` as an error, for calls that have no other way to answer. */
export class NotInTheStandIn extends Error {
  override readonly name = "NotInTheStandIn";

  constructor(packageName: string, what: string) {
    super(refusal(packageName, what));
  }
}
