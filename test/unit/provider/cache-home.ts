/** Where caches are kept from now on; undefined is the user's own place. @returns where they were before. */
export function setCacheHome(path: string | undefined): string | undefined {
  const before = process.env.XDG_CACHE_HOME;
  if (path === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = path;
  return before;
}
