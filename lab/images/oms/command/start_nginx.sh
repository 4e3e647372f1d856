#!/bin/bash
. /opt/oms-standin/switches.sh
start_service nginx
exec nginx -c /home/ds/ghana/config/tengine.conf -g 'daemon off;'
