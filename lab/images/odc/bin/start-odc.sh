#!/bin/bash
# Starts the stand-in's server with the checks and defaults of the vendor's script of the same name.

home=/opt/odc
say() { echo "$(date +%Y-%m-%dT%H:%M:%S%z) [INFO] $*"; }
refuse() {
  echo "$(date +%Y-%m-%dT%H:%M:%S%z) [ERROR] FATAL ERROR!, $*, cannot start odc-server" >&2
  exit 1
}

say "this is a stand-in for OceanBase Developer Center ${ODC_STANDIN_VERSION}, not the vendor's software"
for name in DATABASE_HOST DATABASE_PORT DATABASE_USERNAME DATABASE_NAME; do
  [ -n "${!name}" ] || refuse "environment variable <${name}> not set"
done

if [ -n "${ODC_HOST}" ]; then
  say "ODC_HOST given, ODC_HOST=${ODC_HOST}"
else
  # as the vendor does it: empty where no interface is called eth0, several lines where it has several addresses
  ODC_HOST=$(ip addr | grep eth0 | grep inet | awk '{print $2}' | cut -d/ -f1)
  say "ODC_HOST not given, taken from eth0: '${ODC_HOST}'"
fi
export ODC_HOST

gc="-XX:+UseG1GC -XX:+PrintAdaptiveSizePolicy -XX:+PrintGCDetails -XX:+PrintGCTimeStamps -XX:+PrintGCDateStamps"
gc="${gc} -Xloggc:${home}/log/gc.log -XX:+UseGCLogFileRotation -XX:GCLogFileSize=50M -XX:NumberOfGCLogFiles=5"
heap="-XX:MaxRAMPercentage=45.0 -XX:InitialRAMPercentage=45.0"
jvm="${ODC_JVM_GC_OPTIONS:-${gc}} ${ODC_JVM_HEAP_OPTIONS:-${heap}} ${ODC_JVM_OOM_OPTIONS:--XX:+ExitOnOutOfMemoryError}"
jvm="${jvm} ${ODC_JVM_EXTRA_OPTIONS} -Dodc.log.directory=${ODC_LOG_DIR:-${home}/log}"
app="--server.port=${ODC_SERVER_PORT:-8989} --file.storage.dir=${OBCLIENT_WORK_DIR:-${home}/data} ${ODC_APP_EXTRA_ARGS}"

export PYTHONPATH=${home}/lib PYTHONUNBUFFERED=1
command="python3 -m odc_standin ${jvm} ${app}"
say "Starting odc-server, profile=${ODC_PROFILE_MODE:-alipay}, mapping port=${ODC_MAPPING_PORT:-none}"
# the vendor's script too shows the whole command line and lets the shell evaluate it
say "cmd=${command}"
eval "exec ${command}"
