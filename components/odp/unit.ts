import type { Instance } from "./instance";

/**
 * The systemd unit of the watchdog. Its end is not the proxy's (KillMode): a watchdog that was killed is started again at once and
 * adopts the proxy; one that is told to stop stops it first.
 */
export const renderUnit = ({ name, unit, user, script }: Instance): string => `[Unit]
Description=OBProxy ${name} and its watchdog
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
User=${user}
ExecStart=${script}
SyslogIdentifier=${unit}
RuntimeDirectory=${unit}
RuntimeDirectoryPreserve=restart
Restart=always
RestartSec=100ms
KillMode=process
TimeoutStopSec=60

[Install]
WantedBy=multi-user.target
`;
