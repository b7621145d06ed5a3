# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2154,SC2317
#
# The session that quickstart shows, with the example configuration as it is,
# but for paths and accounts; and what somebody who is new to it does next.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] || skip_all "done in one build"
command -v runuser >/dev/null || skip_all "needs runuser"

sed -e "s|/srv/clawbot|$W|g; s|clawbot-demo-agent|cbtagent|
    s|/etc/clawbot.key|$T/key|
    s|\"logging\": {|& \"directory\": \"$T/log\",|
    s|\"vault\": {|\"socketDirectory\": \"$T/run\", &|
    s|\"vault\": {|& \"directory\": \"$T/vault\", $CIPHER|" \
    "$SRC/etc/clawbot.conf" >"$CONF"
daemon_start

# play FUNCTION...: those of quickstart
play_session() {
	(
		sed '/^SRC=/d; /^case \${1-} in/,$d' \
		    "$SRC/quickstart" >"$T/quickstart"
		# shellcheck source=/dev/null
		. "$T/quickstart"
		PATH=$B:$PATH
		CLAWBOT_SOCKETS=$T/run
		export CLAWBOT_SOCKETS
		AGENT=cbtagent ADMIN=cbtadmin WORK=$W LOGDIR=$T/log
		OUT=$T/quickstart.log TMP=$T/session
		mkdir -p "$TMP"
		cd /
		for p_part; do
			"session_$p_part"
		done
	) >"$T/out" 2>"$T/err"
}

S=0
play_session allowed approved refused inside secret || S=$?
is "the session: status" "$S $(cat "$T/err")" "0 "
has "the session: each part of it" "$T/out" "== A command that" \
    "== One that waits" "== One that is refused" "== A script that comes" \
    "== One that uses a secret"

### The first hour of an agent

# A repository is the account's that runs act as.
if command -v git >/dev/null; then
	as clawbot git -C "$W" init -q
	cb cbtagent run -C "$W" --shell 'echo one >one && git add one &&
	    git commit -qm first && git log --oneline'
	is "it commits without a question" "$S" 0
	has "... as the example says" "$T/out" first
	cb cbtagent run --no-wait -C "$W" -- git push
	is "it does not push" "$S" 77
else
	skip "it commits" "git is not installed"
fi
printf 'all:\n\t@echo made\npush:\n\t@git push --force\n' >"$W/Makefile"
cb cbtagent run --no-wait -C "$W" -- make
is "make" "$S $(cat "$T/out")" "0 made"
cb cbtagent run --no-wait -C "$W" -- make push
ok "a push out of a makefile is held back, and told" \
    grep -q 'refused in the run: "git" (.*git push' "$T/err"
for line in 'ls -la | head -3' 'grep -rn made . | wc -l' \
    'find . -name "M*" | xargs cat' 'mkdir -p a/b && touch a/b/c' \
    'test -f Makefile && echo yes' 'for f in *; do echo "$f"; done' \
    'sed -i s/made/did/ Makefile && make'; do
	cb cbtagent run --no-wait -C "$W" --shell "$line"
	is "goes at once: $line" "$S" 0
done
daemon_stop
finish
