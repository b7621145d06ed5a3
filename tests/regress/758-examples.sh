# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Every command that a manual page shows is one for sh, and every clawbot and
# clawbotd in it takes the words that stand there: each is called, beside a
# daemon, with stubs in place of programs that change a host.  Those that the
# text names are commands, with options that there are.  Those of
# clawbot-admin(7) are 753's, where they have to do what they are for.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] || skip_all "one build is enough"

# An approver who may ask as well.
CHANNELS='"own": { "users": ["cbtadmin"], "access": "execute",
    "skills": ["*"] },'
conf_default
daemon_start
chmod 644 "$CONF"
# a seal stands behind it
cb cbtadmin stop -r "a try"
cb cbtadmin resume
log_has '"ev":"seal"'
for d in bin home etc root srv var; do
	mkdir "$T/$d"
	chmod 777 "$T/$d"
done
echo a-token-of-theirs | tee "$T/home/token" >"$T/root/token"
# What a call ends with is told, and none is passed over for it.
cat >"$T/bin/clawbot" <<END
#!/bin/sh
s=0
"$B/clawbot" "\$@" 2>"$T/home/err" || s=\$?
# a person has one
! grep -q 'there is no terminal' "$T/home/err" || s=tty
echo "\$s clawbot \$*" >>"$T/home/called"
exit 0
END
# clawbot asks it, too
cat >"$T/bin/clawbotd" <<END
#!/bin/sh
s=0
"$B/clawbotd" "\$@" || s=\$?
echo "\$s clawbotd \$*" >>"$T/home/called"
exit "\$s"
END
for stub in systemctl useradd usermod install chmod mv rm tar sh opencode \
    gemini claude; do
	printf '#!/bin/true\n' >"$T/bin/$stub"
done
chmod 755 "$T/bin"/*

# script PAGE: its commands, with directories of this host
script() {
	perl "$SRC/tests/helpers/mancmds.pl" "$1" | sed \
	    -e "s,/etc/clawbot\.conf,$CONF,g" \
	    -e "s,/\(etc\|root\|srv\|var\)/,$T/\1/,g" \
	    -e "s,-u agent,-u cbtagent,g; s,=agent$,=cbtagent," \
	    -e "s,r7qk2m9x4c1ab,$ID,g"
}
# called PAGE: its script, and in $T/calls what came of each call
called() {
	cbbg waits cbtagent run -C "$W" -- touch asked "${1##*/}"
	waiting
	script "$1" >"$T/script"
	sh -n "$T/script" || return 1
	rm -f "$T/home/called"
	as cbtadmin env -i PATH="$T/bin:/usr/bin:/bin" HOME="$T/home" \
	    CLAWBOT_SOCKETS="$T/run" CLAWBOT_CLAWBOTD="$B/clawbotd" CLAWBOT_SBIN="$B" \
	    CLAWBOT_CHANNEL=own timeout -k 10 120 /bin/sh -c "cd '$T/home' &&
	    . '$T/script'" >"$T/out" 2>&1 </dev/null
	mv "$T/home/called" "$T/calls"
	cb cbtadmin resume
	cb cbtadmin resume -u cbtagent
	cb cbtadmin deny "$ID"
	status_of "$BGPID"
}
# Wrong usage, no daemon, or trouble of clawbot's own: what none may end with.
wrong() {
	grep -E '^(64|69|71|125) ' "$T/calls"
}
for page in "$SRC"/man/*.[1578]; do
	name=${page##*/}
	ID=r7qk2m9x4c1ab
	# an account has that name, too
	n=$(script "$page" | grep -v '^install ' |
	    grep -cE '(^|[ |(])clawbotd? ')
	case $name:$n in
	*:0|clawbot-admin.7:*)	continue ;;
	esac
	called "$page"
	ok "$name: $n calls" test "$(wc -l <"$T/calls")" -ge "$n"
	is "$name: none is wrong" "$(wrong)" ""
done

# one that is wrong is found
cat >"$T/page" <<'END'
.Bd -literal
$ clawbot ps
$ clawbot ps --nosuch
.Ed
.Dl $ clawbot standings
END
called "$T/page"
is "what is wrong is noticed" "$(wrong)" "64 clawbot ps --nosuch
64 clawbot standings"

### In the text

"$B/clawbot" --help | sed -n 's/^  \([a-z][a-z ]*[a-z]\).*/\1/p' |
    sed 's/  .*//' >"$T/commands"
# unknown: of calls that are read, those that are none
unknown() {
	while read -r line; do
		cmd=$(echo "$line" | sed 's/ [-A-Z].*//')
		grep -qxF -- "$cmd" "$T/commands" || echo "no command: $line"
		# shellcheck disable=SC2086 # one or two words
		"$B/clawbot" $cmd --help >"$T/help" 2>&1
		for word in $line; do
			case $word in
			--)	break ;;
			-*)	grep -qE -- "(^|[ ,])$word([ ,]|$)" "$T/help" ||
				    echo "no option: $line" ;;
			esac
		done
	done
}
# these are names that the vault's file has, and two commands
sed -n 's/^\.[DQ][ql] clawbot \([^"]*\)$/\1/p' "$SRC"/man/*.[1578] |
    sed 's/ [.,;:]$//; /^vault 1 /d; /^backup , restore$/d' | sort -u \
    >"$T/inline"
ok "the text names commands" test "$(wc -l <"$T/inline")" -ge 20
is "they are some, with their options" "$(unknown <"$T/inline")" ""
is "others are noticed" "$(printf '%s\n' 'approvals --watched' 'stand by' |
    unknown)" "no option: approvals --watched
no command: stand by"
finish
