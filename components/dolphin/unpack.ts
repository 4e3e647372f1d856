import { prologue } from "../../provider/resources/shell";
import { renderProcedures } from "../procedures";
import { ShellLibrary } from "../shell-library";

/** A package that lies on its host. */
export interface Unpack {
  archive: string;
  base: string;
  stripComponents: number;
  keep: number;
}

/**
 * The script that unpacks a package which lies on the host; what it says is the directory. A version's directory is called after the
 * package's hash, as those that are sent.
 */
export const renderUnpack = ({ archive, base, stripComponents, keep }: Unpack): string =>
  renderProcedures({ archive, base, strip: String(stripComponents), keep: String(keep) }, library, [
    "unpack",
    "remove",
  ]);

const library = new ShellLibrary(`${prologue}umask 022
unpack() {
  [ -r "$archive" ] || fail "there is no $archive; fix: put the package there, or mend server.hostArchives"
  version=$(sha256sum <"$archive" | cut -c1-12)
  if [ ! -d "$base/$version" ]; then
    rm -rf "$base/.new" && mkdir -p "$base/.new" || exit 1
    case $archive in
      *.zip)
        command -v unzip >/dev/null || fail "there is no unzip for $archive; fix: install it, or give a .tar.gz"
        unzip -q "$archive" -d "$base/.new" || fail "$archive cannot be unpacked" ;;
      *) tar -xf "$archive" -C "$base/.new" || fail "$archive cannot be unpacked" ;;
    esac
    from=$base/.new
    while [ "$strip" -gt 0 ]; do
      set -- "$from"/*
      [ $# -eq 1 ] && [ -d "$1" ] || fail "$archive has more than a directory at the top; fix: lower server.stripComponents"
      from=$1
      strip=$((strip - 1))
    done
    chown -R 0:0 "$from" && chmod -R u+rwX,go+rX,go-w "$from" && mv "$from" "$base/$version" || exit 1
    rm -rf "$base/.new"
  fi
  [ "$(readlink "$base/current")" = "$version" ] || echo "$version" >>"$base/.versions"
  ln -sfn "$version" "$base/current" || exit 1
  prune
  echo "$base/$version"
}

# those used last stay
prune() {
  tac "$base/.versions" | awk '!seen[$0]++' | tail -n +$((keep + 2)) | while read -r old; do
    rm -rf "\${base:?}/\${old:?}"
  done
}

remove() {
  rm -rf "\${base:?}"
}

fail() {
  echo "$1" >&2
  exit 1
}
`);
