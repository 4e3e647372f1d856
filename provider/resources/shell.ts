/**
 * What every script on a host starts with: nothing that a login may leave behind changes what it does. Environment: options
 * that bash takes over from it, a limit of time for `read` (TMOUT), words of its own for other programs, the language. Beside
 * it: aliases, exported functions, the mode of new files, limits that were set below what the system allows. What is asked for
 * by a user (DOCKER_HOST, proxies, the order of PATH) stays.
 */
export const prologue = `set +aefuvxC
IFS=' \t
'
unset TMOUT CDPATH ENV BASH_ENV GLOBIGNORE POSIXLY_CORRECT _POSIX2_VERSION COLUMNS OMP_NUM_THREADS OMP_THREAD_LIMIT
unset GREP_OPTIONS GREP_COLOR GREP_COLORS TAR_OPTIONS GZIP XZ_OPT SYSTEMD_COLORS SYSTEMD_URLIFY
[ -d "\${TMPDIR:-/tmp}" ] || unset TMPDIR
LC_ALL=C
PATH=\${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
umask 077
unalias -a
# shellcheck disable=SC2046,SC3044,SC3045 # bash alone knows these
if [ -n "\${BASH_VERSION:-}" ]; then
  export -n SHELLOPTS BASHOPTS
  shopt -u dotglob failglob nocaseglob nocasematch nullglob xpg_echo
  unset -f $(compgen -A function)
fi
# shellcheck disable=SC3045 # not of POSIX, but every shell has them
for limit in f t v; do ulimit -S "-$limit" "$(ulimit -H "-$limit")"; done 2>/dev/null
`;
