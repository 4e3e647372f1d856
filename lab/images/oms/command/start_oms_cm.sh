#!/bin/bash
. /opt/oms-standin/switches.sh
start_service oms_drc_cm
exec python -m oms_standin.cm
