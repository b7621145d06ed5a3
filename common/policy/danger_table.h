/* SPDX-License-Identifier: ISC */
/*
 * Rows of danger.c, sorted by program: words that run a program, load code or
 * write a file.  What a name has of a version (gcc-12) is left out.
 *
 *	-x	the letter, anywhere in a bundle
 *	^-x	the letter, first of its word
 *	-word	that word, also with "=value"
 *	--name	that option or an abbreviation of it
 *	word	that operand
 *	=text	a word that begins with it
 *	~text	a word that has it
 *	#N:abc	operands from the Nth on; -a, -b and -c have a word behind them
 *	$AWK, $SED, $SQLITE, $PSQL, $VARS
 *		text of that language, variables of make
 *
 * Of git, what stands before the subcommand has the row "git", what stands
 * behind it "git *" and the one of the subcommand.
 */
#ifndef COMMON_POLICY_DANGER_TABLE_H
#define COMMON_POLICY_DANGER_TABLE_H

static const struct danger {
	const char	*prog;
	const char	*words;
} table[] = {
	{ "7z", "-si -so" },
	{ "7za", "-si -so" },
	{ "ack", "--pager --output --ackrc" },
	{ "ag", "--pager --config-file" },
	{ "ansible-playbook",
	    "-e --extra-vars -i --inventory --vault-password-file -M "
	    "--module-path" },
	{ "ant", "-logger -listener -inputhandler ^-lib" },
	{ "apt", "-o -c --option --config-file" },
	{ "apt-cache", "-o -c --option --config-file" },
	{ "apt-config", "-o -c --option --config-file" },
	{ "apt-file", "-o -c --option --config-file" },
	{ "apt-get", "-o -c --option --config-file" },
	{ "apt-mark", "-o -c --option --config-file" },
	{ "ar", "-plugin --plugin --dynamic-linker" },
	{ "as", "-o" },
	{ "awk",
	    "^-f ^-E ^-i ^-l ^-o ^-p ^-d ^-D ^-e --file --exec --include "
	    "--load --pretty-print --profile --dump-variables --debug "
	    "--source ^-W $AWK" },
	{ "babel", "--plugins --presets --config-file" },
	{ "bash", "-c --rcfile --init-file" },
	{ "bat", "--pager --config-file" },
	{ "batcat", "--pager --config-file" },
	{ "bazel", "--run_under --bazelrc --script_path" },
	{ "bazelisk", "--run_under --bazelrc --script_path" },
	{ "bison", "^-S --skeleton" },
	{ "bsdtar", "--use-compress-program" },
	{ "c++",
	    "-wrapper ^-B -fplugin -specs --specs -fplugin-arg --plugin "
	    "-Xclang -load -no-canonical-prefixes -ccc-gcc-name "
	    "-fpass-plugin =@" },
	{ "c89",
	    "-wrapper ^-B -fplugin -specs --specs -fplugin-arg --plugin "
	    "-Xclang -load -no-canonical-prefixes -ccc-gcc-name "
	    "-fpass-plugin =@" },
	{ "c99",
	    "-wrapper ^-B -fplugin -specs --specs -fplugin-arg --plugin "
	    "-Xclang -load -no-canonical-prefixes -ccc-gcc-name "
	    "-fpass-plugin =@" },
	{ "cabal", "=--with-" },
	{ "cargo", "--config -Z =linker= =-Clinker ~runner=" },
	{ "cc",
	    "-wrapper ^-B -fplugin -specs --specs -fplugin-arg --plugin "
	    "-Xclang -load -no-canonical-prefixes -ccc-gcc-name "
	    "-fpass-plugin =@" },
	{ "clang",
	    "-wrapper ^-B -fplugin -specs --specs -fplugin-arg --plugin "
	    "-Xclang -load -no-canonical-prefixes -ccc-gcc-name "
	    "-fpass-plugin =@ --ld-path =-fuse-ld=/ =-fuse-ld=." },
	{ "clang++",
	    "-wrapper ^-B -fplugin -specs --specs -fplugin-arg --plugin "
	    "-Xclang -load -no-canonical-prefixes -ccc-gcc-name "
	    "-fpass-plugin =@ --ld-path =-fuse-ld=/ =-fuse-ld=." },
	{ "clang-format", "-i" },
	{ "clang-tidy", "-load --load" },
	{ "cmake",
	    "^-P ^-E ^-C --trace-redirect --open =-DCMAKE_C_COMPILER "
	    "=-DCMAKE_CXX_COMPILER =-DCMAKE_MAKE_PROGRAM "
	    "=-DCMAKE_TOOLCHAIN_FILE =-DCMAKE_LINKER =CMAKE_C_COMPILER "
	    "=CMAKE_CXX_COMPILER =CMAKE_MAKE_PROGRAM =-DCMAKE_PROJECT_ "
	    "=-DCMAKE_USER_MAKE_RULES =-DCMAKE_GENERATOR_ $VARS" },
	{ "convert", "=| =msl: =MSL:" },
	{ "cpio", "--rsh-command -F" },
	{ "cpp",
	    "-wrapper ^-B -fplugin -specs --specs -fplugin-arg --plugin "
	    "-Xclang -load -no-canonical-prefixes -ccc-gcc-name "
	    "-fpass-plugin =@" },
	{ "cppcheck", "--addon --clang" },
	{ "crontab", "#1 -r -e" },
	{ "cscope", "-f" },
	{ "csplit", "-f --prefix" },
	{ "ctags", "-o -f --options --output" },
	{ "ctest",
	    "-S -SP --script --script-new-process --build-and-test "
	    "--build-makeprogram --test-command" },
	{ "curl",
	    "-o -O -K -D -c -T --output --remote-name --remote-name-all "
	    "--output-dir --config --dump-header --cookie-jar --libcurl "
	    "--trace --trace-ascii --stderr --engine --etag-save --hsts "
	    "--alt-svc --upload-file --key-type" },
	{ "dash", "-c" },
	{ "date", "-s --set" },
	{ "dd", "=of=" },
	{ "debuild",
	    "=--dpkg-buildpackage-hook --lintian-hook --prepend-path "
	    "--set-envvar ^-e" },
	{ "diff", "--to-file --from-file -l --paginate" },
	{ "diff3", "--diff-program" },
	{ "dig", "-f -k" },
	{ "dmesg", "-C -c --clear --read-clear -D -E -n" },
	{ "docker",
	    "-v --volume --mount --privileged --device --entrypoint "
	    "--host -H --config --pid --cap-add --security-opt" },
	{ "dpkg",
	    "-i -r -P --install --remove --purge --pre-invoke "
	    "--post-invoke --status-logger --unpack --configure "
	    "--admindir --root --instdir --force-all" },
	{ "dpkg-buildpackage",
	    "=--hook- --check-command --sign-command ^-p ^-r "
	    "--root-command -R --rules-file" },
	{ "dpkg-query", "--load-avail" },
	{ "emacs", "--eval --load -l --funcall -f --script --execute" },
	{ "eslint",
	    "-c --config --plugin --resolve-plugins-relative-to "
	    "--rulesdir --parser -f --format -o --output-file --fix" },
	{ "ex",
	    "-c -S -s -u -U -w -W -i --cmd --startuptime --listen "
	    "--remote --remote-expr --remote-send =+" },
	{ "fd", "-x -X --exec --exec-batch" },
	{ "fdfind", "-x -X --exec --exec-batch" },
	{ "file", "-m -C --magic-file --compile -M" },
	{ "find",
	    "-exec -execdir -ok -okdir -delete -fprint -fprint0 -fprintf "
	    "-fls" },
	{ "flake8", "--config" },
	{ "g++",
	    "-wrapper ^-B -fplugin -specs --specs -fplugin-arg --plugin "
	    "-Xclang -load -no-canonical-prefixes -ccc-gcc-name "
	    "-fpass-plugin =@" },
	{ "gawk",
	    "^-f ^-E ^-i ^-l ^-o ^-p ^-d ^-D ^-e --file --exec --include "
	    "--load --pretty-print --profile --dump-variables --debug "
	    "--source ^-W $AWK" },
	{ "gcc",
	    "-wrapper ^-B -fplugin -specs --specs -fplugin-arg --plugin "
	    "-Xclang -load -no-canonical-prefixes -ccc-gcc-name "
	    "-fpass-plugin =@" },
	{ "gcovr", "--gcov-executable" },
	{ "gdb", "-x -ex --command --eval-command -iex -ix" },
	{ "gem", "^-e --editor" },
	{ "geninfo", "--gcov-tool" },
	{ "gfortran",
	    "-wrapper ^-B -fplugin -specs --specs -fplugin-arg --plugin "
	    "-Xclang -load -no-canonical-prefixes -ccc-gcc-name "
	    "-fpass-plugin =@" },
	{ "ghc", "=-pgm ^-e -fplugin" },
	{ "git", "-c --config-env --exec-path --upload-pack --receive-pack" },
	{ "git *",
	    "--ext-diff --output --upload-pack --receive-pack --exec "
	    "--extcmd --open-files-in-pager" },
	{ "git add", "-p --patch --interactive" },
	{ "git archive", "-o" },
	{ "git bisect", "run" },
	{ "git checkout", "-p --patch --interactive" },
	{ "git clone", "-u -c --config --template" },
	{ "git commit", "-p --patch --interactive" },
	{ "git config", "-e --edit -f --file --blob" },
	{ "git difftool", "-x -y" },
	{ "git fetch", "--upload-pack" },
	{ "git fetch-pack", "--upload-pack" },
	{ "git format-patch", "-o --output-directory" },
	{ "git grep", "-O" },
	{ "git init", "--template" },
	{ "git ls-remote", "--upload-pack" },
	{ "git rebase", "-x -i --interactive" },
	{ "git reset", "-p --patch --interactive" },
	{ "git restore", "-p --patch --interactive" },
	{ "git send-email", "--smtp-server --sendmail-cmd --to-cmd --cc-cmd" },
	{ "git stash", "-p --patch --interactive" },
	{ "git submodule", "foreach" },
	{ "gmake", "-f -E --file --makefile --eval -I --include-dir $VARS" },
	{ "gnatmake",
	    "-wrapper ^-B -fplugin -specs --specs -fplugin-arg --plugin "
	    "-Xclang -load -no-canonical-prefixes -ccc-gcc-name "
	    "-fpass-plugin =@" },
	{ "go",
	    "-exec -toolexec ^-o -overlay -modfile -vettool -gccgoflags "
	    "~-extld $VARS" },
	{ "gofmt", "-w" },
	{ "gpg",
	    "-o --output --passphrase-file --import --delete-keys "
	    "--delete-secret-keys --exec-path --agent-program "
	    "--photo-viewer --keyserver-options --load-extension" },
	{ "gradle",
	    "^-I --init-script ^-g --gradle-user-home --include-build" },
	{ "groff", "-U -m -M -P -C" },
	{ "gsed", "-i -f --in-place --file --expression=@ $SED" },
	{ "helm", "--post-renderer" },
	{ "hostname", "#1 -F --file" },
	{ "iconv", "-o --output" },
	{ "info", "--init-file" },
	{ "install", "--strip-program" },
	{ "ip",
	    "-batch -b netns exec -force add del delete set flush change "
	    "replace" },
	{ "java",
	    "=-agentpath =-agentlib =-javaagent =-XX:OnError "
	    "=-XX:OnOutOfMemoryError =-XX:Flags =-XX:VMOptionsFile =@" },
	{ "javac",
	    "-processor -processorpath --processor-path "
	    "--processor-module-path =-J =@" },
	{ "jest",
	    "-r --require --config -c --globalSetup --runner --reporter "
	    "--reporters" },
	{ "journalctl",
	    "--vacuum-size --vacuum-time --vacuum-files --rotate --flush "
	    "--sync --cursor-file --update-catalog --setup-keys "
	    "--relinquish-var" },
	{ "jq", "-f -L --from-file" },
	{ "just", "--shell --shell-arg --chooser --choose ^-c --command" },
	{ "kotlinc", "=-Xplugin ^-script" },
	{ "kubectl", "--kubeconfig --server -s --token --as --context" },
	{ "kustomize",
	    "--enable-exec --enable-alpha-plugins --enable-helm "
	    "--helm-command" },
	{ "latex", "-shell-escape -enable-write18" },
	{ "latexmk",
	    "^-e -latex -pdflatex -xelatex -lualatex -dvips -usepretex "
	    "^-r" },
	{ "lcov", "--gcov-tool" },
	{ "ld", "-plugin --plugin --dynamic-linker -dynamic-linker -I" },
	{ "ld.bfd", "-plugin --plugin --dynamic-linker" },
	{ "ld.gold", "-plugin --plugin --dynamic-linker" },
	{ "ld.lld", "-plugin --plugin --dynamic-linker" },
	{ "less",
	    "-o -O -k --log-file --LOG-FILE --lesskey-file --lesskey-src "
	    "--lesskey-content =+" },
	{ "libtool", "=--mode=execute execute" },
	{ "logger", "-f --file -s" },
	{ "ltrace", "-o -F" },
	{ "lualatex", "-shell-escape -enable-write18 -lua" },
	{ "magick", "=| =msl: =MSL:" },
	{ "make", "-f -E --file --makefile --eval -I --include-dir $VARS" },
	{ "man",
	    "-P -H -C -l --pager --html --config-file --local-file "
	    "--preprocessor -p --gxditview -X -Z" },
	{ "mariadb", "--pager --tee --init-command $PSQL" },
	{ "mawk",
	    "^-f ^-E ^-i ^-l ^-o ^-p ^-d ^-D ^-e --file --exec --include "
	    "--load --pretty-print --profile --dump-variables --debug "
	    "--source ^-W $AWK" },
	{ "meson", "--native-file --cross-file devenv --wrapper --gdb-path" },
	{ "mocha",
	    "-r --require --config -c --globalSetup --runner --reporter "
	    "--reporters" },
	{ "mogrify", "=| =msl: =MSL:" },
	{ "more", "=+" },
	{ "mount", "-o -a -t --bind --move" },
	{ "mvn",
	    "=-Dexec.executable =exec:exec =antrun: ^-s --settings -gs "
	    "--global-settings ^-t --toolchains" },
	{ "mypy",
	    "--config-file --custom-typeshed-dir --python-executable "
	    "--install-types" },
	{ "mysql", "--pager --tee --init-command $PSQL" },
	{ "nano", "-o --operatingdir -f --rcfile -C --backupdir" },
	{ "nawk",
	    "^-f ^-E ^-i ^-l ^-o ^-p ^-d ^-D ^-e --file --exec --include "
	    "--load --pretty-print --profile --dump-variables --debug "
	    "--source ^-W $AWK" },
	{ "nginx", "-c -g -s -p" },
	{ "nim", "=--gcc. =--clang. =--gcc_ =--vcc." },
	{ "ninja", "-f msvc" },
	{ "nm", "-plugin --plugin --dynamic-linker" },
	{ "nmap",
	    "--script --datadir -oN -oX -oS -oG -oA -iL --resume "
	    "--interactive" },
	{ "nox", "^-f --noxfile" },
	{ "npm",
	    "--script-shell --prefix --shell --globalconfig --userconfig "
	    "--node-options --init-module --editor --viewer --git "
	    "--node-gyp --browser" },
	{ "nroff", "-U -m -M -P -C" },
	{ "nslookup", "-f -k" },
	{ "nvim",
	    "-c -S -s -u -U -w -W -i --cmd --startuptime --listen "
	    "--remote --remote-expr --remote-send =+" },
	{ "objcopy", "--add-section --dump-section" },
	{ "objdump", "-plugin --plugin --dynamic-linker" },
	{ "ocamlc", "-pp -ppx -cc -plugin" },
	{ "ocamlfind", "-pp -ppx -cc -plugin" },
	{ "ocamlopt", "-pp -ppx -cc -plugin" },
	{ "openssl",
	    "-engine -provider -provider-path -out -config -writerand "
	    "-keyout" },
	{ "original-awk",
	    "^-f ^-E ^-i ^-l ^-o ^-p ^-d ^-D ^-e --file --exec --include "
	    "--load --pretty-print --profile --dump-variables --debug "
	    "--source ^-W $AWK" },
	{ "pandoc", "-F -L --filter --lua-filter --pdf-engine" },
	{ "patch", "-o -r --output --reject-file --ed -e" },
	{ "pdflatex", "-shell-escape -enable-write18" },
	{ "perf", "-o --output" },
	{ "perlcritic", "--pager" },
	{ "perldoc", "^-n" },
	{ "perltidy", "=-pro --profile" },
	{ "pip",
	    "--python --target -t --prefix --root --log --config-settings "
	    "--editor" },
	{ "pip3",
	    "--python --target -t --prefix --root --log --config-settings "
	    "--editor" },
	{ "pkg-config", "--define-variable" },
	{ "pnpm", "--script-shell --npmrc-auth-file" },
	{ "podman",
	    "-v --volume --mount --privileged --device --entrypoint "
	    "--host -H --config --pid --cap-add --security-opt" },
	{ "pr", "-O" },
	{ "prettier", "--plugin --write -w --config" },
	{ "protoc", "--plugin" },
	{ "prove", "^-e ^-P --exec" },
	{ "psql", "-o -L -f --output --log-file --file $PSQL" },
	{ "py.test",
	    "-p -c --pyargs --rootdir --confcutdir -o --override-ini "
	    "--junitxml --junit-xml --basetemp --pdbcls" },
	{ "pylint", "--load-plugins --init-hook --rcfile -f --output" },
	{ "pytest",
	    "-p -c --pyargs --rootdir --confcutdir -o --override-ini "
	    "--junitxml --junit-xml --basetemp --pdbcls" },
	{ "rake",
	    "^-e ^-p ^-E --execute --execute-print --execute-continue ^-r "
	    "--require" },
	{ "ranlib", "-plugin --plugin --dynamic-linker" },
	{ "rg", "--pre --hostname-bin" },
	{ "rpm",
	    "-i -U -e -F --eval -E --define -D --pipe --initdb --root "
	    "--load --macros" },
	{ "rpmbuild",
	    "-D --define --pipe --eval -E --load --macros --rcfile" },
	{ "rpmspec", "-D --define --pipe --eval -E --load --macros --rcfile" },
	{ "rspec", "^-r --require" },
	{ "rsync",
	    "-e --rsh --rsync-path --log-file --write-batch "
	    "--only-write-batch -M --remote-option --early-input" },
	{ "rubocop", "^-r --require --plugin" },
	{ "ruff", "--fix --unsafe-fixes --config" },
	{ "rustc", "=linker= =-Clinker" },
	{ "rustdoc", "--runtool --test-runtool" },
	{ "rvim",
	    "-c -S -s -u -U -w -W -i --cmd --startuptime --listen "
	    "--remote --remote-expr --remote-send =+" },
	{ "scons", "^-f --file --makefile --sconstruct --site-dir" },
	{ "scp", "-S -o -F -D" },
	{ "sdiff", "-o --output --diff-program" },
	{ "sed", "-i -f --in-place --file --expression=@ $SED" },
	{ "sftp", "-S -o -F -D" },
	{ "sh", "-c --rcfile --init-file" },
	{ "shuf", "-o --output" },
	{ "sort", "-o --output --compress-program" },
	{ "split", "--filter" },
	{ "sqlite3", "-cmd -init --init --cmd $SQLITE" },
	{ "ssh", "-o -F -E -L -R -D -W -w" },
	{ "ssh-add", "-s" },
	{ "ssh-keygen", "-D -w -Z -f" },
	{ "strace", "-o" },
	{ "sysctl", "-w -p --write --load --system =-" },
	{ "tar",
	    "-I -F --to-command --use-compress-program "
	    "--checkpoint-action --info-script --new-volume-script "
	    "--rsh-command --rmt-command" },
	{ "tcpdump", "-z -w -W -G" },
	{ "terraform", "-chdir -out -state-out" },
	{ "tree", "-o" },
	{ "troff", "-U -m -M -P -C" },
	{ "tsc", "--outFile --outDir --plugins" },
	{ "uniq", "#2:fsw" },
	{ "unzip", "-d" },
	{ "valgrind", "--db-command --vgdb-prefix" },
	{ "vi",
	    "-c -S -s -u -U -w -W -i --cmd --startuptime --listen "
	    "--remote --remote-expr --remote-send =+" },
	{ "view",
	    "-c -S -s -u -U -w -W -i --cmd --startuptime --listen "
	    "--remote --remote-expr --remote-send =+" },
	{ "vim",
	    "-c -S -s -u -U -w -W -i --cmd --startuptime --listen "
	    "--remote --remote-expr --remote-send =+" },
	{ "vim.basic",
	    "-c -S -s -u -U -w -W -i --cmd --startuptime --listen "
	    "--remote --remote-expr --remote-send =+" },
	{ "vim.nox",
	    "-c -S -s -u -U -w -W -i --cmd --startuptime --listen "
	    "--remote --remote-expr --remote-send =+" },
	{ "vim.tiny",
	    "-c -S -s -u -U -w -W -i --cmd --startuptime --listen "
	    "--remote --remote-expr --remote-send =+" },
	{ "watch", "-x --exec" },
	{ "wget",
	    "-O -o -a -e -P -i --output-document --output-file "
	    "--append-output --execute --directory-prefix --use-askpass "
	    "--config --save-cookies --rejected-log --warc-file" },
	{ "xelatex", "-shell-escape -enable-write18" },
	{ "xmllint", "-o --output --shell" },
	{ "xsltproc", "-o --output --writesubtree" },
	{ "xxd", "#2:cglnosR -r" },
	{ "yarn", "--script-shell" },
	{ "yq", "-i --inplace" },
	{ "zip", "-T -TT --unzip-command -O --output-file --log-path -lf" },
};

/*
 * Subcommands of git that do not run what a repository or their words name.
 * Others, and what a repository calls one (alias), are not for "**".
 */
static const char *const git_known[] = {
	"add", "am", "annotate", "apply", "archive",
	"bisect", "blame", "branch", "bundle", "cat-file",
	"check-attr", "check-ignore", "checkout", "checkout-index", "cherry",
	"cherry-pick", "clean", "clone", "commit", "commit-tree",
	"config", "count-objects", "describe", "diff", "diff-files",
	"diff-index", "diff-tree", "fetch", "for-each-ref", "format-patch",
	"fsck", "gc", "grep", "hash-object", "help",
	"init", "log", "ls-files", "ls-remote", "ls-tree",
	"maintenance", "merge", "merge-base", "merge-file", "merge-tree",
	"mktag", "mktree", "mv", "name-rev", "notes",
	"pack-refs", "prune", "pull", "push", "range-diff",
	"read-tree", "rebase", "reflog", "remote", "repack",
	"replace", "rerere", "reset", "restore", "rev-list",
	"rev-parse", "revert", "rm", "shortlog", "show",
	"show-branch", "show-ref", "sparse-checkout", "stash", "status",
	"stripspace", "submodule", "switch", "symbolic-ref", "tag",
	"update-index", "update-ref", "var", "verify-commit", "verify-pack",
	"verify-tag", "version", "whatchanged", "worktree", "write-tree",
};

/* Options in front of it, and settings behind -c, that change only texts. */
static const char *const git_options[] = {
	"--no-pager", "-P", "--no-optional-locks", "--literal-pathspecs",
	"--no-replace-objects", "--no-advice", "--no-lazy-fetch",
};
static const char *const git_settings[] = {
	"color.", "advice.", "column.", "core.abbrev", "core.quotepath",
	"core.pager=cat", "core.editor=true", "core.editor=:",
	"sequence.editor=true", "sequence.editor=:", "user.name",
	"user.email", "log.date", "log.decorate", "diff.algorithm",
	"diff.context", "diff.mnemonicprefix", "diff.noprefix",
	"diff.renames", "merge.conflictstyle", "merge.renames",
	"init.defaultbranch", "gc.auto", "maintenance.auto=false",
	"commit.gpgsign=false", "tag.gpgsign=false", "pull.ff", "pull.rebase",
	"rebase.autosquash", "rebase.autostash", "fetch.prune",
};

#endif
