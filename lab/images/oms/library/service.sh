#!/bin/bash
# service.sh start foreground: what runs on a node and sends its heart beats.
. /opt/oms-standin/switches.sh
start_service oms_drc_supervisor
exec python -m oms_standin.supervisor
