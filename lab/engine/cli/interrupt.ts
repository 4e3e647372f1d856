const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Listens for Ctrl-C: the first time asks for a good end, the second for a quick one, the third ends at once. */
export function onInterrupt(): { listen: (react: (count: number) => void) => void; stop: () => void } {
  let count = 0;
  let reaction: (count: number) => void = () => undefined;
  const handle = (): void => {
    count += 1;
    if (count > 2) process.exit(130);
    reaction(count);
  };
  SIGNALS.forEach((signal) => process.on(signal, handle));
  return {
    listen: (react) => {
      reaction = react;
    },
    stop: () => SIGNALS.forEach((signal) => process.off(signal, handle)),
  };
}
