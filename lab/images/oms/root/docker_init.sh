#!/bin/bash
# Initialises OMS in five steps, with the commands and headings of the vendor's script of the same name. The first step that
# fails ends it. What it says goes into a dated log too.
cd /root || exit 1
. /opt/oms-standin/switches.sh
config=/home/admin/conf/config.yaml
services="nginx oms_console oms_drc_cm oms_drc_supervisor sshd"

log=/home/admin/logs/docker_init.log.$(date +%Y-%m-%d.%H:%M:%S)
left_out='$^'
if [ "$(switch LOG_WITHOUT_PASSWORD)" = 1 ]; then left_out=password_original; fi
exec > >(tee >(grep --line-buffered -v "$left_out" >>"$log")) 2>&1
tee=$!
trap 'exec >&- 2>&-; wait $tee' EXIT

if [ "$(switch LANGUAGE)" = en ]; then
  headings=(
    "[Step 1] Verify the config.yaml configuration file."
    "[Step 2] Create the OMS MetaDB."
    "[Step 3] Create the configuration files for OMS components."
    "[Step 4] Restart all OMS components. This step takes about two minutes to complete."
    "[Step 5] Initialize OMS resource tags and resource groups."
    "[Completed] All initialization steps are executed."
  )
else
  headings=(
    "【步骤一】校验 config.yaml 配置文件"
    "【步骤二】创建 OMS 元信息库"
    "【步骤三】创建 OMS 各组件的配置文件"
    "【步骤四】重启 OMS 所有组件（大约需要 2 分钟）"
    "【步骤五】初始化 OMS 资源标签和资源组"
    "【结束】全部初始化步骤执行成功"
  )
fi

line=$(printf -- '-%.0s' {1..195})
heading() { printf '%s\n# %s\n%s\n' "$line" "$1" "$line"; }

# Shows a command and runs it.
run() {
  echo "$*"
  "$@"
}

# Waits at a place where a test may kill the script; it goes on when the switch goes from standin.env.
pause() {
  [ "$(switch PAUSE_STEP)" = "$1" ] || return 0
  echo "stand-in: paused at step $1, as OMS_STANDIN_PAUSE_STEP says"
  while [ "$(switch PAUSE_STEP)" = "$1" ]; do sleep 0.2; done
}

# step NUMBER COMMAND...
step() {
  local number=$1
  shift
  heading "${headings[number - 1]}"
  pause "$number"
  if [ "$(switch FAIL_STEP)" = "$number" ]; then
    echo "stand-in: step $number fails, as OMS_STANDIN_FAIL_STEP says" >&2
    exit 1
  fi
  "$@" || exit 1
  echo
}

restart_components() {
  sed -i 's/autostart = false/autostart = true/' /etc/supervisor/conf.d/oms_console.ini
  # shellcheck disable=SC2086 # names
  for command in restart status status; do run supervisorctl "$command" crond $services; done
  # shellcheck disable=SC2086
  [ "$(supervisorctl status $services | grep -c ' RUNNING ')" = 5 ]
}

step 1 run python -m omsflow.scripts.units.oms_cluster_config --check "$config"
step 2 run python -m omsflow.scripts.units.oms_init_manager --init-db
step 3 run python -m omsflow.scripts.units.oms_init_manager --init-config-file
step 4 restart_components
step 5 run python -m omsflow.scripts.units.oms_cluster_manager add_resource
pause 6
date >/root/init_flag.txt
heading "${headings[5]}"
