/** A node did not answer, or not as DolphinDB does. */
export class Silent extends Error {
  constructor(
    message: string,
    /** Whether the request may have reached it. */
    readonly mayBeDone: boolean,
  ) {
    super(message);
    this.name = "Silent";
  }
}

/** None of the passwords known here is admin's. */
export class WrongPassword extends Error {
  constructor(readonly node: string) {
    super(`admin on ${node} has none of the passwords known here`);
    this.name = "WrongPassword";
  }
}

/** No controller leads; with what each of them said. */
export class NoLeader extends Error {
  constructor(message: string) {
    super(message);
    this.name = "NoLeader";
  }
}

/** What a cluster answers; undefined where it is down or has another password: who looks ahead goes on without. */
export async function orNothing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NoLeader || error instanceof WrongPassword) return undefined;
    throw error;
  }
}
