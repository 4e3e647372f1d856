#!/bin/bash
. /opt/oms-standin/switches.sh
start_service sshd
# /run is another one where the host mounts it
mkdir -p /run/sshd
exec /usr/sbin/sshd -D -e -p "$(python -m oms_standin.port sshd)"
