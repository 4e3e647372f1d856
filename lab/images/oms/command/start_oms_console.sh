#!/bin/bash
. /opt/oms-standin/switches.sh
start_service oms_console
exec python -m oms_standin.console
