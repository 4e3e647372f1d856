# Switches of the stand-in, which the vendor's image does not have. Each is read when it counts: out of /home/ds/run/standin.env
# (lines NAME=VALUE; on the host it lies in the directory mounted there), else out of the container's environment.
switch() {
  local line
  line=$(grep -s "^OMS_STANDIN_$1=" /home/ds/run/standin.env | tail -n 1)
  if [ -n "$line" ]; then
    printf '%s' "${line#*=}"
  else
    local name=OMS_STANDIN_$1
    printf '%s' "${!name}"
  fi
}

# Ends a service that is to be broken.
start_service() {
  echo "$1 of the stand-in for OceanBase Migration Service ${OMS_STANDIN_VERSION}"
  case " $(switch BROKEN) " in
    *" $1 "*)
      echo "$1 does not start: OMS_STANDIN_BROKEN says so" >&2
      exit 1
      ;;
  esac
}
