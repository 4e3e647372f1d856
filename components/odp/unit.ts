import type { Instance } from "./instance";

/**
 * The systemd unit of the watchdog. Its end is not the proxy's (KillMode): a watchdog that was killed is started again at once and
 * adopts the proxy; one that is told to stop stops it first. Nothing in it is newer than systemd 219: the limit of starts has the name
 * and section that it had before 230 and that are read ever since. Before 235 the directory of the watchdog's note goes at a restart, as
 * the line that keeps it is passed over; the proxy is found without.
 */
export const renderUnit = ({ name, unit, user, script }: Instance): string => `[Unit]
Description=OBProxy ${name} and its watchdog
After=network-online.target
Wants=network-online.target

[Service]
User=${user}
ExecStart=${script} /run/${unit}
SyslogIdentifier=${unit}
RuntimeDirectory=${unit}
RuntimeDirectoryPreserve=restart
StartLimitInterval=0
Restart=always
RestartSec=100ms
KillMode=process
TimeoutStopSec=60

[Install]
WantedBy=multi-user.target
`;
