# A tool of CentOS 7: it refuses what its version does not know, in its own kind of words, notes that, and is else the host's.
# Before it: tool, real (the host's program), short, long, stops, status (of its refusals), and where it differs, quirk.
refuse() {
  printf '%s %s\n' "$tool" "$1" >>"$notes"
  case $tool in
    curl) printf "curl: option %s: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n" "$1" ;;
    docker) printf "unknown flag: %s\nSee 'docker --help'.\n" "$1" ;;
    find) printf "find: unknown predicate '%s'\n" "$1" ;;
    ip) printf 'Option "%s" is unknown, try "ip -help".\n' "${1#-}" ;;
    *)
      case $1 in
        --*) printf "%s: unrecognized option '%s'\n" "$tool" "$1" ;;
        *) printf "%s: invalid option -- '%s'\n" "$tool" "${1#-}" ;;
      esac
      ;;
  esac >&2
  exit "$status"
}

# examine WORD...: whether all options are in $short and $long
examine() {
  skip=
  for word in "$@"; do
    if [ "$skip" ]; then
      skip=
      continue
    fi
    case $word in
      --) return ;;
      --*)
        name=${word#--}
        name=${name%%=*}
        case " $long " in
          *" $name= "*) [ "$word" != "--$name" ] || skip=1 ;;
          *" $name "*) ;;
          *) refuse "--$name" ;;
        esac
        ;;
      -?*)
        rest=${word#-}
        while [ "$rest" ]; do
          letter=${rest%"${rest#?}"}
          rest=${rest#?}
          case $short in
            *"$letter::"*) rest= ;;
            *"$letter:"*)
              [ "$rest" ] || skip=1
              rest=
              ;;
            *"$letter"*) ;;
            *) refuse "-$letter" ;;
          esac
        done
        ;;
      *) [ -z "$stops" ] || return 0 ;;
    esac
  done
}
