#!/bin/bash
# What the container runs: it prepares config.yaml and starts supervisord. From 4.2.11 on it initialises OMS too, and says so last.
cd /root || exit 1
. /opt/oms-standin/switches.sh
version=${OMS_STANDIN_VERSION}
marker=/root/init_flag.txt

initialises() {
  case "$(switch INIT)" in
    auto) return 0 ;;
    hand) return 1 ;;
  esac
  [ "$(printf '%s\n' 4.2.11 "$version" | sort -V | head -n 1)" = 4.2.11 ]
}

# Waits for a condition, five minutes at most.
await() {
  for _ in {1..1500}; do
    "$@" && return 0
    sleep 0.2
  done
  return 1
}

answers() { supervisorctl pid >/dev/null 2>&1; }
all_run() { [ "$(supervisorctl status nginx oms_console oms_drc_cm oms_drc_supervisor sshd | grep -c RUNNING)" = 5 ]; }

initialise() {
  await answers || exit 1
  if [ -s "$marker" ]; then
    await all_run || exit 1
  else
    bash /root/docker_init.sh || exit 1
  fi
  echo "OMS service start successfully"
}

echo "this is a stand-in for OceanBase Migration Service ${version}, not the vendor's software"
mkdir -p /home/admin/logs/{ghana/Ghana,cm/log,supervisor} /home/ds/store/standin /home/ds/run/standin
chown -R ds:ds /home/admin/logs/supervisor /home/ds/store/standin /home/ds/run/standin /home/ds/supervisor
ssh-keygen -A >/dev/null

python -m omsflow.scripts.units.oms_cluster_config --prepare /home/admin/conf/config.yaml
if [ "$IS_UPGRADE" = true ] && [ ! -s "$marker" ]; then
  # an upgrade finds its services running before docker_init.sh
  python -m omsflow.scripts.units.oms_init_manager --init-config-file
  if [ "$(switch CONSOLE_WAITS)" = 1 ]; then
    sed -i 's/autostart = true/autostart = false/' /etc/supervisor/conf.d/oms_console.ini
  fi
fi
if [ "$(switch CROND)" = 1 ]; then
  sed 's/sshd/crond/; s/bash .*/cron -f/; s/sshd/crond/g' /etc/supervisor/conf.d/base.ini >/etc/supervisor/conf.d/crond.ini
fi

OMS_STANDIN_START_SECONDS=1
if [ "$(switch REAL_TIMES)" = 1 ]; then OMS_STANDIN_START_SECONDS=10; fi
export OMS_STANDIN_START_SECONDS
supervisord=(/usr/bin/supervisord -c /etc/supervisor/supervisord.conf)
if initialises; then
  # its last line is to be the last one of all
  initialise &
  exec "${supervisord[@]}" >/dev/null 2>&1
fi
exec "${supervisord[@]}"
