# shellcheck shell=sh disable=SC2154 # variables come from settings.sh, functions from lib.sh
# An ODC node. Its environment comes on the first line of standard input, base64.
read -r environment
for directory in $odc_log $odc_data; do
  install -d -m 0755 -o root -g root "$directory"
done
ensure_image "$odc_image" "$odc_bytes"
echo prepared
read -r _
ensure_container "$odc_name" "$odc_image" \
  "host private unless-stopped json-file {\"max-file\":\"3\",\"max-size\":\"50m\"} 100000 $odc_cpu_quota $((odc_memory << 20)) $((odc_memory << 21)) 2 null true" \
  "volume $odc_log:/opt/odc/log
volume $odc_data:/opt/odc/data" \
  "$(printf '%s' "$environment" | base64 -d)" \
  -i --cpu-period 100000 --cpu-quota "$odc_cpu_quota" --memory "${odc_memory}m" --memory-swap "$((odc_memory * 2))m" \
  -v "$odc_log:/opt/odc/log" -v "$odc_data:/opt/odc/data" "$odc_image"
wait_for "$odc_port" "$health_path" '"data": *true' 300
wait_for "$odc_port" "$version_path" '"version"' 60
echo healthy
