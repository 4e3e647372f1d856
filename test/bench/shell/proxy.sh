# shellcheck shell=sh disable=SC2154 # variables come from settings.sh, functions from lib.sh
# nginx in front of the nodes. Its configuration comes on the first line of standard input, base64.
read -r configuration
file=$nginx_directory/nginx.conf
install -d -m 0755 -o root -g root "$nginx_directory"
ensure_image "$nginx_image" "$nginx_bytes"
echo prepared
read -r _
new=$(mktemp "$nginx_directory/.nginx.conf.XXXXXX")
trap 'rm -f "$new"' EXIT
printf '%s' "$configuration" | base64 -d >"$new"
chmod 0644 "$new"
changed=
if ! cmp -s "$new" "$file" || [ "$(stat -c '%a %U:%G' "$file")" != "644 root:root" ]; then
  docker run --rm --network host -v "$new:$nginx_config:ro" "$nginx_image" nginx -t -q -c "$nginx_config"
  mv "$new" "$file"
  changed=yes
fi
ensure_container "$nginx_name" "$nginx_image" \
  "host private unless-stopped json-file {\"max-file\":\"3\",\"max-size\":\"50m\"} 0 0 0 0 1 [\"nginx\",\"-g\",\"daemon off;\",\"-c\",\"$nginx_config\"] false" \
  "volume $nginx_directory:${nginx_config%/*}:ro" "" \
  -v "$nginx_directory:${nginx_config%/*}:ro" "$nginx_image" nginx -g 'daemon off;' -c "$nginx_config"
if [ -n "$changed" ] && [ -z "$replaced" ]; then
  docker exec "$nginx_name" nginx -s reload -c "$nginx_config"
fi
wait_for "$nginx_port" "$health_path" '"data": *true' 60
echo healthy
