/** What one tool of CentOS 7 takes. */
export interface Options {
  /** Its letters, a colon after each that takes a value. */
  short: string;
  /** Its words without hyphens, `=` after each that takes a value. */
  long: string;
  /** Whether options end at the first word that is none. */
  stops?: boolean;
}

/** Lines of `name | letters | words`; a `+` before the letters where options end at the first other word. */
function table(text: string): Record<string, Options> {
  const lines = text.trim().split("\n");
  return Object.fromEntries(
    lines.map((line) => {
      const [name = "", letters = "", words = ""] = line.split("|").map((part) => part.trim());
      return [name, { short: letters.replace(/^\+/, ""), long: words, stops: letters.startsWith("+") }];
    }),
  );
}

/** coreutils 8.22; from the options that its sources read. Later: `sync FILE` and `-f` (8.24), `stat --cached`, `date -I` in other words. */
export const coreutils = table(`
base64   | diw: | decode wrap= ignore-garbage
cat      | benstuvAET | number-nonblank number squeeze-blank show-nonprinting show-ends show-tabs show-all
chmod    | Rcfv | changes recursive no-preserve-root preserve-root quiet reference= silent verbose
chown    | HLPRcfhv | recursive changes dereference from= no-dereference no-preserve-root preserve-root quiet silent reference= verbose
cp       | abdfHilLnprst:uvxPRS:TZ | archive attributes-only copy-contents dereference force link no-clobber no-dereference no-target-directory one-file-system parents recursive remove-destination sparse= suffix= symbolic-link target-directory= update verbose
cut      | b:c:d:f:ns | bytes= characters= fields= delimiter= only-delimited output-delimiter= complement
date     | d:f:I::r:Rs:u | date= file= reference= rfc-2822 rfc-3339= set= utc universal
dd       |  |
df       | aB:iF:hHklmPTt:vx: | all block-size= inodes human-readable si local portability print-type sync no-sync total type= exclude-type=
dirname  | z | zero
du       | 0abd:chHklmst:xB:DLPSX: | all apparent-size block-size= bytes count-links dereference dereference-args exclude= exclude-from= files0-from= human-readable si max-depth= null no-dereference one-file-system separate-dirs summarize total threshold= time time-style=
head     | c:n:qv | bytes= lines= quiet silent verbose
id       | agnruzGZ | context group groups name real user zero
ln       | bdfinrst:vFLPS:T | directory no-dereference no-target-directory force interactive suffix= target-directory= logical physical relative symbolic verbose
ls       | abcdfghiklmnopqrstuvw:xABCDFGHI:LNQRST:UXZ1 | all escape directory full-time inode numeric-uid-gid reverse size almost-all dereference literal recursive sort= time=
mkdir    | pm:vZ | mode= parents verbose
mkfifo   | m:Z | mode=
mktemp   | dp:qtuV | directory quiet dry-run suffix=
mv       | bfint:uvS:TZ | context force interactive no-clobber no-target-directory strip-trailing-slashes suffix= target-directory= update verbose
nproc    |  | all ignore=
od       | A:aBbcDdeFfHhIij:LlN:OosS:t:vw::Xx | skip-bytes= address-radix= read-bytes= format= output-duplicates width=
readlink | efmnqsvz | canonicalize canonicalize-existing canonicalize-missing no-newline quiet silent verbose zero
rm       | dfirvIR | force one-file-system no-preserve-root preserve-root recursive dir verbose
rmdir    | pv | ignore-fail-on-non-empty parents verbose
seq      | +f:s:w | equal-width format= separator=
sha256sum | bctw | binary check quiet status text warn strict tag
sleep    |  |
sort     | bcCdfghik:mMno:rRsS:t:T:uVz | ignore-leading-blanks compress-program= dictionary-order ignore-case files0-from= general-numeric-sort key= merge month-sort numeric-sort human-numeric-sort version-sort random-sort sort= output= reverse stable batch-size= buffer-size= field-separator= temporary-directory= unique zero-terminated parallel=
stat     | c:fLt | dereference file-system format= printf= terse
sync     |  |
tac      | brs: | before regex separator=
tail     | c:n:fFqs:v | bytes= lines= pid= quiet retry silent sleep-interval= verbose
tee      | ai | append ignore-interrupts
timeout  | +k:s: | kill-after= signal= foreground preserve-status
touch    | acd:fhmr:t: | time= no-create date= reference= no-dereference
tr       | +cCdst | complement delete squeeze-repeats truncate-set1
true     |  |
uname    | asnrvmpio | all kernel-name nodename kernel-release kernel-version machine processor operating-system
wc       | clLmw | bytes chars lines words files0-from= max-line-length
`);

/** The other tools of the base system, each with its version; from their manuals, and from their sources where they are at hand. */
export const base = table(`
awk        | +F:v:f: | field-separator= assign= file=
bash       | +abefhkmnptuvxBCEHPTcilrsDO: | posix norc noprofile
cmp        | bi:ln:sv | print-bytes ignore-initial= verbose bytes= quiet silent
curl       | 0123#46aA:b:Bc:C:d:D:e:E:fF:gG:hH:iIjJkK:lLm:M:nNo:Op:P:qQ:r:RsS:t:T:u:U:vVw:x:X:y:Y:z: | noproxy= fail silent show-error max-time= connect-timeout= output= request= header= data= insecure location include head
flock      | +sexnouw:E:hV | shared exclusive unlock nonblocking nb timeout= wait= conflict-exit-code= close
getent     | +is: | service= no-idn
grep       | EFGPe:f:iwxzsvVm:bunHhoqaId:D:rRLlcTZUA:B:C: | extended-regexp fixed-strings regexp= file= ignore-case word-regexp line-regexp null-data no-messages invert-match max-count= line-number with-filename no-filename only-matching quiet silent text recursive files-without-match files-with-matches count null
gzip       | acdfhklLnNqrS:tvV123456789 | stdout to-stdout decompress uncompress force keep list no-name name quiet recursive suffix= test verbose fast best
ip6tables  | C:I:D:L::i:p:m:j:w | check= insert= delete= list in-interface= protocol= match= jump= wait dport= comment=
iptables   | C:I:D:L::i:p:m:j:w | check= insert= delete= list in-interface= protocol= match= jump= wait dport= comment=
journalctl | hefo:aln::qmb::kD:p:c:S:U:t:u:F:xrM: | no-pager pager-end follow force output= all full no-full lines= no-tail quiet merge boot this-boot dmesg system user directory= file= root= identifier= priority= cursor= after-cursor= show-cursor since= until= unit= user-unit= field= catalog reverse machine= utc
keepalived | hvlndDRVXIPCaS:f:p:r:c:s:i:mM | use-file= vrrp check log-console log-detail log-facility= release-vips dont-release-vrrp dont-release-ipvs dont-respawn dont-fork dump-conf pid= vrrp_pid= checkers_pid= address-monitoring snmp core-dump namespace= config-id= version help
kill       | +s:lLpaq: | signal= list table queue= all pid
runuser    | +c:fg:G:lmps:u:hV | command= session-command= fast login preserve-environment shell= group= supp-group= user=
sed        | bsnrzuEe:f:l:i::V:hs | binary regexp-extended in-place expression= file= quiet silent posix separate unbuffered null-data follow-symlinks
ss         | dhaletuwxnro460spbEf:miA:D:F:vVzZN:KS | numeric resolve options extended memory info processes bpf events dccp tcp sctp udp raw unix all listening ipv4 ipv6 packet family= query= summary diag= filter= version contexts net= kill
systemctl  | ht:p:alqfs:H:M:n:o:ir | type= property= all reverse after before show-types failed full job-mode= fail irreversible ignore-dependencies ignore-inhibitors user system global no-block no-legend no-pager no-wall quiet root= force no-reload kill-who= signal= no-ask-password host= machine= runtime lines= output= plain state= recursive preset-mode= now version
tar        | xcdztruf:C:pOvhkmPSWT:X:z | extract create list file= directory= preserve-permissions to-stdout verbose gzip exclude= numeric-owner no-same-owner same-owner no-same-permissions strip-components= files-from= touch warning=
unshare    | +hVmuinpU | mount uts ipc net pid user
useradd    | b:c:d:De:f:g:G:hk:K:lmMNop:rR:s:u:UZ: | base-dir= comment= home-dir= defaults expiredate= inactive= gid= groups= skel= key= no-log-init create-home no-create-home no-user-group non-unique password= system root= shell= uid= user-group selinux-user=
userdel    | fhrR:Z | force remove root=
xargs      | +0a:d:E:I:L:n:P:prs:tx | null arg-file= delimiter= replace max-lines max-args= max-procs= interactive no-run-if-empty max-chars= verbose exit show-limits
`);

/** Docker 1.13.1's client, by its commands; from the options that its sources read. */
export const docker = table(`
               | +vD:H:l: | version debug host= log-level= config= tls tlscacert= tlscert= tlskey= tlsverify
container inspect | f:s | format= size
exec           | +itdu:e: | interactive tty detach user= privileged env= detach-keys=
image inspect  | f: | format=
image rm       | f | force no-prune
info           | f: | format=
inspect        | f:s | format= size type=
load           | i:q | input= quiet
logs           | ft | follow since= timestamps details tail=
ps             | qsaln:f: | quiet size all no-trunc latest last= format= filter=
pull           | a | all-tags disable-content-trust
restart        | t: | time=
rm             | vlf | volumes link force
run            | +a:e:h:il:tu:w:p:Pv:c:m:d | name= detach rm network= net= volume= env= user= entrypoint= label= restart= log-driver= log-opt= ipc= memory= cpus= cap-drop= cap-add= security-opt= read-only tmpfs= ulimit= stop-timeout= privileged workdir=
start          | ai | attach interactive detach-keys=
stop           | t: | time=
tag            | + |
top            | + |
version        | f: | format=
`);

/** iproute 4.11's options before the object; they may be given with one hyphen, and shortened. */
export const ip = "-V -h -s -d -f -4 -6 -0 -l -o -r -t -n -N -a -b -c -br -all -oneline -family -netns -brief";

/** findutils 4.5.11: what an expression is made of. */
export const find =
  "-H -L -P -D -O ! -a -and -or -not -amin -anewer -atime -cmin -cnewer -ctime -daystart -delete -depth -empty -exec -execdir -executable " +
  "-false -fprint -fstype -gid -group -ignore_readdir_race -iname -inum -ipath -iregex -links -maxdepth -mindepth -mmin -mount -mtime -name " +
  "-newer -nogroup -noleaf -nouser -o -ok -path -perm -print -print0 -printf -prune -quit -readable -regex -regextype -samefile -size -true " +
  "-type -uid -used -user -wholename -writable -xdev -xtype";
