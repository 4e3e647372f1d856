import { hasFirstVisitor } from "./versions";
import { openDoor } from "./warnings";

/**
 * How the first user logs in. No document tells an interface by which a program could set the first password, so nobody can close
 * that door but a user.
 */
export const firstLogin = (version: string, url: string): string =>
  hasFirstVisitor(version)
    ? openDoor(url)
    : `${url} has user admin with the password aaAA11__, which everybody knows: log in now, OMS asks for another one`;
