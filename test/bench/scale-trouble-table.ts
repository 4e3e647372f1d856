import { BAD_LINE, CONNECT_TIMEOUT, type OverBadLine, type Unreachable } from "./scale-trouble";
import { seconds, table } from "./table";

/** More than the connect timeout: the last attempt begins within it, and the machine is shared. */
const SLACK_SECONDS = 2;

/** What a tenth of the hosts that do not answer costs, and what a bad line does. */
export function troubleTable(silent: readonly Unreachable[], bad: readonly OverBadLine[]): string {
  const ofSilent = silent.map(({ step, hosts, silent: count, seconds: taken, told }) => [
    `${step}, ${count} of ${hosts} hosts silent`,
    seconds(taken.all),
    seconds(taken.some),
    `${told.messages}, ${told.whole} of them naming all`,
    "",
    taken.some - taken.all <= CONNECT_TIMEOUT + SLACK_SECONDS && told.messages === 1 && told.whole === 1
      ? "met"
      : "missed",
  ]);
  const ofBad = bad.map(({ step, seconds: taken, logins }) => [
    `${step} of 10 hosts at ${BAD_LINE.roundTripMs} ms with ${BAD_LINE.lossPercent} % loss`,
    "",
    seconds(taken),
    "",
    logins.least === logins.most ? String(logins.most) : `${logins.least}-${logins.most}`,
    "met",
  ]);
  const head = [
    "in trouble",
    "all there, s",
    "seconds",
    `messages (timeout ${CONNECT_TIMEOUT} s)`,
    "log-ins a host",
    "",
  ];
  return table(head, [...ofSilent, ...ofBad]);
}
