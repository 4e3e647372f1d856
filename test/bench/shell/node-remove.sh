# shellcheck shell=sh disable=SC2154 # variables come from settings.sh, functions from lib.sh
# Removes an ODC node; logs and data are kept.
remove "$odc_name" "$odc_image" 30
