/* SPDX-License-Identifier: ISC */
/*
 * THE table of programs that run others, sorted by name: how each finds the
 * program among its words where that is certain, and else which of its words
 * may be one.  wrap.h says how it is written.  A row more makes a policy
 * stricter; versions in a name (python3.11) are left out.
 */
#include "config.h"

#include "common/policy/wrap.h"

const struct wrap wrap_table[] = {
	{ "Rscript", WRAP_SOME | WRAP_INTERP, NULL, "+-e" },
	{ "ag", WRAP_SOME, NULL, "=--pager" },
	{ "ansible", WRAP_ALL | WRAP_REMOTE, NULL, NULL },
	{ "apt", WRAP_SOME, NULL, "=-o" },
	{ "apt-get", WRAP_SOME, NULL, "=-o" },
	{ "ash", WRAP_ALL | WRAP_SHELL, NULL, NULL },
	{ "at", WRAP_ALL | WRAP_REMOTE, NULL, NULL },
	{ "awk", WRAP_ALL | WRAP_TEXT | WRAP_INTERP, NULL, NULL },
	{ "bash", WRAP_ALL | WRAP_SHELL, NULL, NULL },
	{ "bat", WRAP_SOME, NULL, "=--pager" },
	{ "batcat", WRAP_SOME, NULL, "=--pager" },
	{ "batch", WRAP_ALL | WRAP_REMOTE, NULL, NULL },
	{ "bc", WRAP_ALL, NULL, NULL },
	{ "bsdtar", WRAP_SOME, NULL, "=--use-compress-program" },
	{ "builtin", WRAP_ALL, "CMD", NULL },
	{ "bun", WRAP_SOME | WRAP_INTERP, NULL, "+-e +x +run" },
	{ "bundle", WRAP_SOME, NULL, "+exec" },
	{ "busybox", WRAP_ALL | WRAP_SAME,
	    "--list~ --list-full~ --install~ --help~ CMD", NULL },
	{ "bwrap", WRAP_ALL, NULL, NULL },
	{ "c++", WRAP_SOME, NULL, "=-wrapper =-B =-fplugin" },
	{ "caffeinate", WRAP_ALL, NULL, NULL },
	{ "capsh", WRAP_ALL, NULL, NULL },
	{ "catchsegv", WRAP_ALL, NULL, NULL },
	{ "cc", WRAP_SOME, NULL, "=-wrapper =-B =-fplugin" },
	{ "cgexec", WRAP_ALL, NULL, NULL },
	{ "cgroup-exec", WRAP_ALL, NULL, NULL },
	{ "choom", WRAP_ALL, "-n:p:~ --adjust= --pid=~ CMD", NULL },
	{ "chpst", WRAP_ALL, NULL, NULL },
	{ "chronic", WRAP_ALL, NULL, NULL },
	{ "chroot", WRAP_ALL,
	    "--groups= --userspec= --skip-chdir WORD CMD", NULL },
	{ "chrt", WRAP_ALL,
	    "-abdefim~op~rRv~T:P:D: --all-tasks --batch "
	    "--deadline --fifo --idle --max~ --other --pid~ --rr "
	    "--reset-on-fork --sched-runtime= --sched-period= "
	    "--sched-deadline= --verbose NUM? CMD", NULL },
	{ "clang", WRAP_SOME, NULL, "=-wrapper =-B =-fplugin" },
	{ "clang++", WRAP_SOME, NULL, "=-wrapper =-B =-fplugin" },
	{ "command", WRAP_ALL, "-pv~V~ CMD", NULL },
	{ "conda", WRAP_SOME, NULL, "+run" },
	{ "coproc", WRAP_ALL, NULL, NULL },
	{ "coreutils", WRAP_ALL, NULL, NULL },
	{ "cpp", WRAP_SOME, NULL, "=-wrapper =-B =-fplugin" },
	{ "cpulimit", WRAP_ALL, NULL, NULL },
	{ "crontab", WRAP_ALL | WRAP_REMOTE, NULL, NULL },
	{ "crun", WRAP_ALL, NULL, NULL },
	{ "csh", WRAP_ALL, NULL, NULL },
	{ "ctr", WRAP_ALL | WRAP_REMOTE, NULL, NULL },
	{ "daemonize", WRAP_ALL, NULL, NULL },
	{ "dash", WRAP_ALL | WRAP_SHELL, NULL, NULL },
	{ "dbus-run-session", WRAP_ALL,
	    "--config-file= --dbus-daemon= CMD", NULL },
	{ "dc", WRAP_ALL, NULL, NULL },
	{ "deno", WRAP_SOME | WRAP_INTERP, NULL, "+eval" },
	{ "direnv", WRAP_ALL, NULL, NULL },
	{ "doas", WRAP_ALL, "-LnsC:~a:u: CMD", NULL },
	{ "docker", WRAP_SOME | WRAP_REMOTE, NULL, "+exec +run +create" },
	{ "docker-compose", WRAP_SOME | WRAP_REMOTE, NULL,
	    "+exec +run +create" },
	{ "dpkg-deb", WRAP_ALL, NULL, NULL },
	{ "dumb-init", WRAP_ALL, NULL, NULL },
	{ "eatmydata", WRAP_ALL, NULL, NULL },
	{ "ed", WRAP_ALL, NULL, NULL },
	{ "elvish", WRAP_ALL, NULL, NULL },
	{ "emacs", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "emacsclient", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "entr", WRAP_ALL, NULL, NULL },
	{ "env", WRAP_ALL | WRAP_PURE | WRAP_SPLIT,
	    "-iv0u:C:a: --ignore-environment --null --unset= "
	    "--chdir= --debug --argv0= --block-signal[= "
	    "--default-signal[= --ignore-signal[= "
	    "--list-signal-handling DASH? VARS CMD", NULL },
	{ "envdir", WRAP_ALL, NULL, NULL },
	{ "eval", WRAP_ALL, "SHELL", NULL },
	{ "ex", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "exec", WRAP_ALL, "-cla: CMD", NULL },
	{ "expect", WRAP_ALL, NULL, NULL },
	{ "fakechroot", WRAP_ALL, NULL, NULL },
	{ "fakeroot", WRAP_ALL, NULL, NULL },
	{ "faketime", WRAP_ALL, NULL, NULL },
	{ "fd", WRAP_SOME, NULL, "+-x +-X +--exec +--exec-batch" },
	{ "fdfind", WRAP_SOME, NULL, "+-x +-X +--exec +--exec-batch" },
	{ "find", WRAP_SOME | WRAP_FIND, NULL,
	    "+-exec +-execdir +-ok +-okdir" },
	{ "firejail", WRAP_ALL, NULL, NULL },
	{ "fish", WRAP_ALL, NULL, NULL },
	{ "flock", WRAP_ALL,
	    "-sexnoFuw:E: --shared --exclusive --unlock "
	    "--nonblocking --nb --timeout= --wait= "
	    "--conflict-exit-code= --close --no-fork --verbose "
	    "WORD -c? CMD", NULL },
	{ "ftp", WRAP_ALL, NULL, NULL },
	{ "ftrace", WRAP_ALL, NULL, NULL },
	{ "g++", WRAP_SOME, NULL, "=-wrapper =-B =-fplugin" },
	{ "gawk", WRAP_ALL | WRAP_TEXT | WRAP_INTERP, NULL, NULL },
	{ "gcc", WRAP_SOME, NULL, "=-wrapper =-B =-fplugin" },
	{ "gcore", WRAP_ALL, NULL, NULL },
	{ "gdb", WRAP_ALL, NULL, NULL },
	{ "gdbserver", WRAP_ALL, NULL, NULL },
	{ "git", WRAP_SOME, NULL,
	    "=-c =--config-env =--upload-pack =--receive-pack "
	    "=--exec =-x =-O +run +foreach +filter-branch "
	    "+difftool +mergetool =--extcmd "
	    "=--open-files-in-pager" },
	{ "gmake", WRAP_SOME, NULL,
	    "=--eval =-E =SHELL =CC =CXX =LD =AR =AS =MAKE =CPP "
	    "=INSTALL" },
	{ "go", WRAP_SOME, NULL, "=-exec =-toolexec" },
	{ "gosu", WRAP_ALL, NULL, NULL },
	{ "gsed", WRAP_ALL | WRAP_SLASH | WRAP_TEXT, NULL, NULL },
	{ "guile", WRAP_SOME | WRAP_INTERP, NULL, "+-c" },
	{ "hyperfine", WRAP_ALL, NULL, NULL },
	{ "i386", WRAP_ALL, NULL, NULL },
	{ "i486", WRAP_ALL, NULL, NULL },
	{ "i586", WRAP_ALL, NULL, NULL },
	{ "i686", WRAP_ALL, NULL, NULL },
	{ "ifne", WRAP_ALL, NULL, NULL },
	{ "inetd", WRAP_ALL, NULL, NULL },
	{ "ionice", WRAP_ALL | WRAP_PURE,
	    "-c:n:p~P~u~t --class= --classdata= --pid~ --pgid~ "
	    "--uid~ --ignore CMD", NULL },
	{ "julia", WRAP_SOME | WRAP_INTERP, NULL, "+-e +-E" },
	{ "ksh", WRAP_ALL | WRAP_SHELL, NULL, NULL },
	{ "ksh93", WRAP_ALL | WRAP_SHELL, NULL, NULL },
	{ "kubectl", WRAP_SOME | WRAP_REMOTE, NULL, "+exec +run +debug" },
	{ "ld", WRAP_SOME, NULL, "+-plugin" },
	{ "ld.so", WRAP_ALL | WRAP_SAME,
	    "--list~ --verify~ --inhibit-cache --library-path: "
	    "--inhibit-rpath: --audit: --preload: --argv0: "
	    "--glibc-hwcaps-prepend: --glibc-hwcaps-mask: "
	    "--list-tunables~ --list-diagnostics~ --help~ --version~ CMD",
	    NULL },
	{ "less", WRAP_SOME, NULL, "=+" },
	{ "lftp", WRAP_ALL, NULL, NULL },
	{ "linux32", WRAP_ALL, NULL, NULL },
	{ "linux64", WRAP_ALL, NULL, NULL },
	{ "lksh", WRAP_ALL | WRAP_SHELL, NULL, NULL },
	{ "lldb", WRAP_ALL, NULL, NULL },
	{ "logsave", WRAP_ALL, NULL, NULL },
	{ "ltrace", WRAP_ALL, NULL, NULL },
	{ "lua", WRAP_SOME | WRAP_INTERP, NULL, "+-e" },
	{ "luajit", WRAP_SOME | WRAP_INTERP, NULL, "+-e" },
	{ "lxc", WRAP_SOME | WRAP_REMOTE, NULL, "+exec" },
	{ "lxc-attach", WRAP_ALL | WRAP_REMOTE, NULL, NULL },
	{ "m4", WRAP_ALL, NULL, NULL },
	{ "machinectl", WRAP_ALL | WRAP_REMOTE, NULL, NULL },
	{ "make", WRAP_SOME, NULL,
	    "=--eval =-E =SHELL =CC =CXX =LD =AR =AS =MAKE =CPP "
	    "=INSTALL" },
	{ "man", WRAP_SOME, NULL, "=-P =-H =--pager =--html" },
	{ "mariadb", WRAP_SOME, NULL, "=-e =--execute =--pager" },
	{ "mawk", WRAP_ALL | WRAP_TEXT | WRAP_INTERP, NULL, NULL },
	{ "memusage", WRAP_ALL, NULL, NULL },
	{ "micro", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "mise", WRAP_SOME, NULL, "+exec +x" },
	{ "mksh", WRAP_ALL | WRAP_SHELL, NULL, NULL },
	{ "more", WRAP_SOME, NULL, "=+" },
	{ "mosh", WRAP_ALL | WRAP_REMOTE, NULL, NULL },
	{ "multitime", WRAP_ALL, NULL, NULL },
	{ "mysql", WRAP_SOME, NULL, "=-e =--execute =--pager" },
	{ "nano", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "nawk", WRAP_ALL | WRAP_TEXT | WRAP_INTERP, NULL, NULL },
	{ "nc", WRAP_SOME, NULL, "+-e +-c +--exec +--sh-exec" },
	{ "ncat", WRAP_SOME, NULL, "+-e +-c +--exec +--sh-exec" },
	{ "ne", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "nerdctl", WRAP_SOME | WRAP_REMOTE, NULL, "+exec +run +create" },
	{ "netcat", WRAP_SOME, NULL, "+-e +-c +--exec +--sh-exec" },
	{ "nice", WRAP_ALL | WRAP_PURE, "-n: --adjustment= -NUM CMD", NULL },
	{ "nix", WRAP_SOME, NULL, "+run +-c +--command" },
	{ "nix-shell", WRAP_ALL, NULL, NULL },
	{ "node", WRAP_SOME | WRAP_INTERP, NULL, "+-e +-p +--eval +--print" },
	{ "nodejs", WRAP_SOME | WRAP_INTERP, NULL, "+-e +-p +--eval +--print" },
	{ "nohup", WRAP_ALL | WRAP_PURE, "CMD", NULL },
	{ "npm", WRAP_SOME, NULL, "+exec +x +-c" },
	{ "npx", WRAP_ALL, NULL, NULL },
	{ "nsenter", WRAP_ALL,
	    "-aFZm::u::i::n::p::C::U::T::et:r::w::W:S::G:: --all "
	    "--target= --mount[= --uts[= --ipc[= --net[= --pid[= "
	    "--cgroup[= --user[= --time[= --setuid= --setgid= "
	    "--preserve-credentials --root[= --wd[= --wdns= "
	    "--no-fork --follow-context --env --join-cgroup CMD", NULL },
	{ "nsjail", WRAP_ALL, NULL, NULL },
	{ "nu", WRAP_ALL, NULL, NULL },
	{ "numactl", WRAP_ALL,
	    "-asHbi:p:P:m:w:lN:C: --all --show~ --hardware~ "
	    "--interleave= --preferred= --preferred-many= "
	    "--membind= --cpunodebind= --physcpubind= "
	    "--localalloc --balancing CMD", NULL },
	{ "nvim", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "oc", WRAP_SOME | WRAP_REMOTE, NULL, "+exec +run +debug +rsh" },
	{ "openssl", WRAP_SOME, NULL, "+-engine" },
	{ "osascript", WRAP_SOME | WRAP_INTERP, NULL, "+-e" },
	{ "parallel", WRAP_ALL | WRAP_STDIN, NULL, NULL },
	{ "parset", WRAP_ALL, NULL, NULL },
	{ "perf", WRAP_ALL, NULL, NULL },
	{ "perl", WRAP_SOME | WRAP_INTERP, NULL, "+-e +-E" },
	{ "personality", WRAP_ALL, NULL, NULL },
	{ "php", WRAP_SOME | WRAP_INTERP, NULL, "+-r +-B +-R +-E" },
	{ "pidproxy", WRAP_ALL, NULL, NULL },
	{ "pipenv", WRAP_SOME, NULL, "+run" },
	{ "pipx", WRAP_SOME, NULL, "+run" },
	{ "pkexec", WRAP_ALL, NULL, NULL },
	{ "pnpm", WRAP_SOME, NULL, "+exec +dlx" },
	{ "podman", WRAP_SOME | WRAP_REMOTE, NULL, "+exec +run +create" },
	{ "podman-exec", WRAP_ALL | WRAP_REMOTE, NULL, NULL },
	{ "poetry", WRAP_SOME, NULL, "+run" },
	{ "posh", WRAP_ALL | WRAP_SHELL, NULL, NULL },
	{ "prlimit", WRAP_ALL,
	    " "
	    "-p:~o:c::d::e::f::i::l::m::n::q::r::s::t::u::v::x::y:: "
	    "--pid=~ --output= --raw --noheadings --verbose "
	    "--core[= --data[= --nice[= --fsize[= --sigpending[= "
	    "--memlock[= --rss[= --nofile[= --msgqueue[= "
	    "--rtprio[= --stack[= --cpu[= --nproc[= --as[= "
	    "--locks[= --rttime[= CMD", NULL },
	{ "proot", WRAP_ALL, NULL, NULL },
	{ "proxychains", WRAP_ALL, NULL, NULL },
	{ "proxychains4", WRAP_ALL, NULL, NULL },
	{ "psql", WRAP_SOME, NULL, "=-c =--command" },
	{ "pueue", WRAP_ALL, NULL, NULL },
	{ "pwsh", WRAP_ALL, NULL, NULL },
	{ "pypy", WRAP_SOME | WRAP_INTERP, NULL, "+-c" },
	{ "python", WRAP_SOME | WRAP_INTERP, NULL, "+-c" },
	{ "rbash", WRAP_ALL | WRAP_SHELL, NULL, NULL },
	{ "rc", WRAP_ALL, NULL, NULL },
	{ "rg", WRAP_SOME, NULL, "=--pre =--hostname-bin" },
	{ "rlwrap", WRAP_ALL, NULL, NULL },
	{ "rr", WRAP_ALL, NULL, NULL },
	{ "rsync", WRAP_SOME, NULL, "=-e =--rsh =--rsync-path" },
	{ "ruby", WRAP_SOME | WRAP_INTERP, NULL, "+-e +-E +--eval" },
	{ "run-parts", WRAP_ALL, NULL, NULL },
	{ "run0", WRAP_ALL | WRAP_REMOTE, NULL, NULL },
	{ "runc", WRAP_ALL, NULL, NULL },
	{ "runcon", WRAP_ALL, NULL, NULL },
	{ "runuser", WRAP_ALL,
	    "-flmPpc:!s:g:G:w:Tu:> --user=> --command=! "
	    "--session-command=! --fast --login "
	    "--preserve-environment --pty --shell= --group= "
	    "--supp-group= --whitelist-environment= --no-pty "
	    "DASH? ELSE WORD? SH", NULL },
	{ "rvim", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "schroot", WRAP_ALL, NULL, NULL },
	{ "scp", WRAP_SOME, NULL, "=-S =-o" },
	{ "screen", WRAP_ALL, NULL, NULL },
	{ "script", WRAP_ALL,
	    "PERMUTE -aefqc:!I:O:B:T:t::m:E:o: --append "
	    "--command=! --return --flush --force --log-in= "
	    "--log-out= --log-io= --log-timing= --timing[= "
	    "--logging-format= --echo= --output-limit= --quiet", NULL },
	{ "sed", WRAP_ALL | WRAP_SLASH | WRAP_TEXT, NULL, NULL },
	{ "sem", WRAP_ALL, NULL, NULL },
	{ "setarch", WRAP_ALL, NULL, NULL },
	{ "setcap-exec", WRAP_ALL, NULL, NULL },
	{ "setlock", WRAP_ALL, NULL, NULL },
	{ "setpriv", WRAP_ALL,
	    "-dh --dump~ --nnp --no-new-privs --ambient-caps= "
	    "--inh-caps= --bounding-set= --ruid= --euid= --rgid= "
	    "--egid= --reuid= --regid= --clear-groups "
	    "--keep-groups --init-groups --groups= --list-caps~ "
	    "--securebits= --pdeathsig= --selinux-label= "
	    "--apparmor-profile= --reset-env --landlock-access= "
	    "--landlock-rule= --seccomp-filter= --ptracer= CMD", NULL },
	{ "setsid", WRAP_ALL | WRAP_PURE,
	    "-cfw --ctty --fork --wait CMD", NULL },
	{ "setuidgid", WRAP_ALL, NULL, NULL },
	{ "sftp", WRAP_SOME, NULL, "=-S =-o" },
	{ "sg", WRAP_ALL, NULL, NULL },
	{ "sh", WRAP_ALL | WRAP_SHELL, NULL, NULL },
	{ "socat", WRAP_ALL, NULL, NULL },
	{ "softlimit", WRAP_ALL, NULL, NULL },
	{ "sort", WRAP_SOME, NULL, "=--compress-program" },
	{ "spawn", WRAP_ALL, NULL, NULL },
	{ "split", WRAP_SOME, NULL, "=--filter" },
	{ "sqlite3", WRAP_ALL, NULL, NULL },
	{ "ssh", WRAP_ALL | WRAP_REMOTE, NULL, NULL },
	{ "sshpass", WRAP_ALL | WRAP_REMOTE, NULL, NULL },
	{ "start-stop-daemon", WRAP_ALL, NULL, NULL },
	{ "stdbuf", WRAP_ALL | WRAP_PURE,
	    "-i:o:e: --input= --output= --error= CMD", NULL },
	{ "strace", WRAP_ALL, NULL, NULL },
	{ "su", WRAP_ALL,
	    "PERMUTE -flmPc:!s:g:G:w:T -p --command=! "
	    "--session-command=! --fast --login "
	    "--preserve-environment --pty --shell= --group= "
	    "--supp-group= --whitelist-environment= --no-pty "
	    "DASH? WORD? SH", NULL },
	{ "su-exec", WRAP_ALL, NULL, NULL },
	{ "sudo", WRAP_ALL,
	    "-ABbEHiKknPSsVe~l~v~C:c:D:g:h::p:R:r:t:T:U:u: "
	    "--askpass --background --bell --preserve-env[= "
	    "--set-home --login --remove-timestamp "
	    "--reset-timestamp --non-interactive "
	    "--preserve-groups --stdin --shell --edit~ --list~ "
	    "--validate~ --close-from= --login-class= --chdir= "
	    "--group= --host= --prompt= --chroot= --role= --type= "
	    "--command-timeout= --other-user= --user= --no-update "
	    "VARS CMD", NULL },
	{ "sudoedit", WRAP_ALL, NULL, NULL },
	{ "systemd-inhibit", WRAP_ALL, NULL, NULL },
	{ "systemd-run", WRAP_ALL | WRAP_REMOTE, NULL, NULL },
	{ "tar", WRAP_SOME, NULL,
	    "=--checkpoint-action =--to-command =-I =-F "
	    "=--use-compress-program =--rsh-command "
	    "=--info-script =--new-volume-script" },
	{ "taskset", WRAP_ALL,
	    "-ap~c --all-tasks --pid~ --cpu-list WORD CMD", NULL },
	{ "tclsh", WRAP_ALL | WRAP_INTERP, NULL, NULL },
	{ "tcpdump", WRAP_SOME, NULL, "=-z" },
	{ "tcpserver", WRAP_ALL, NULL, NULL },
	{ "tcsh", WRAP_ALL, NULL, NULL },
	{ "telnet", WRAP_ALL, NULL, NULL },
	{ "time", WRAP_ALL | WRAP_PURE,
	    "-apqvVf:o:^ --format= --output=^ --append^ "
	    "--portability --quiet --verbose CMD", NULL },
	{ "timeout", WRAP_ALL | WRAP_PURE,
	    "-k:s:vfp --kill-after= --signal= --foreground "
	    "--preserve-status --verbose WORD CMD", NULL },
	{ "tini", WRAP_ALL, NULL, NULL },
	{ "tmux", WRAP_ALL, NULL, NULL },
	{ "toolbox", WRAP_ALL, NULL, NULL },
	{ "torsocks", WRAP_ALL, NULL, NULL },
	{ "toybox", WRAP_ALL | WRAP_SAME,
	    "--list~ --list-full~ --install~ --help~ CMD", NULL },
	{ "trickle", WRAP_ALL, NULL, NULL },
	{ "ts", WRAP_ALL, NULL, NULL },
	{ "tsp", WRAP_ALL, NULL, NULL },
	{ "uftrace", WRAP_ALL, NULL, NULL },
	{ "uname26", WRAP_ALL, NULL, NULL },
	{ "unbuffer", WRAP_ALL, NULL, NULL },
	{ "unshare", WRAP_ALL,
	    "-mupincCUTfrR:w:S:G:l: --mount[= --uts[= --ipc[= "
	    "--net[= --pid[= --user[= --cgroup[= --time[= --fork "
	    "--map-user= --map-group= --map-root-user "
	    "--map-current-user --map-auto --map-users= "
	    "--map-groups= --kill-child[= --mount-proc[= "
	    "--propagation= --setgroups= --keep-caps --root= "
	    "--wd= --setuid= --setgid= --monotonic= --boottime= "
	    "CMD", NULL },
	{ "uv", WRAP_SOME, NULL, "+run" },
	{ "uvx", WRAP_ALL, NULL, NULL },
	{ "vagrant", WRAP_SOME | WRAP_REMOTE, NULL, "+ssh" },
	{ "valgrind", WRAP_ALL, NULL, NULL },
	{ "vi", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "view", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "vim", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "vim.basic", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "vim.gtk3", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "vim.nox", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "vim.tiny", WRAP_SOME, NULL, "=-c =--cmd =+ =-S =-e =--eval" },
	{ "vipw", WRAP_ALL, NULL, NULL },
	{ "watch", WRAP_ALL,
	    "-bcCegptwrvd::n:q:s:x> --beep --color --no-color "
	    "--differences[= --errexit --chgexit --equexit= "
	    "--interval= --precise --no-title --no-wrap "
	    "--no-rerun --exec> ELSE SHELL", NULL },
	{ "watchexec", WRAP_ALL, NULL, NULL },
	{ "wget", WRAP_SOME, NULL, "=--use-askpass =-e =--execute" },
	{ "wish", WRAP_ALL | WRAP_INTERP, NULL, NULL },
	{ "x86_64", WRAP_ALL, NULL, NULL },
	{ "xargs", WRAP_ALL | WRAP_PURE | WRAP_STDIN,
	    "-0prtoxa:d:E:I:L:n:P:s:e::i::l:: --null --arg-file= "
	    "--delimiter= --eof[= --replace[= --max-lines[= "
	    "--max-args= --max-procs= --max-chars= --interactive "
	    "--no-run-if-empty --open-tty --process-slot-var= "
	    "--show-limits --verbose --exit CMD", NULL },
	{ "xonsh", WRAP_ALL, NULL, NULL },
	{ "xvfb-run", WRAP_ALL, NULL, NULL },
	{ "yarn", WRAP_SOME, NULL, "+exec +dlx" },
	{ "yash", WRAP_ALL | WRAP_SHELL, NULL, NULL },
	{ "zargs", WRAP_ALL, NULL, NULL },
	{ "zip", WRAP_SOME, NULL, "=-T =-TT =--unzip-command" },
	{ "zsh", WRAP_ALL | WRAP_SHELL, NULL, NULL },
};
const size_t wrap_table_n = sizeof(wrap_table) / sizeof(wrap_table[0]);
