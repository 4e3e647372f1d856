# shellcheck shell=sh disable=SC2154 # variables come from settings.sh, functions from lib.sh
# Removes nginx with its configuration.
remove "$nginx_name" "$nginx_image" 10
rm -f "$nginx_directory/nginx.conf"
rmdir -p --ignore-fail-on-non-empty "$nginx_directory"
