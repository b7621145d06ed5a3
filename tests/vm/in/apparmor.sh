# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh disable=SC2317
#
# AppArmor's restriction of user namespaces, with the profile that quickstart or
# the package has installed, and without, where it lets be what has capabilities.
. "$(dirname "$0")/lib.sh"

RESTRICT=kernel.apparmor_restrict_unprivileged_userns
PROFILE=/etc/apparmor.d/clawbotd
if ! was=$(sysctl -n "$RESTRICT" 2>/dev/null); then
	skip "AppArmor's restriction of user namespaces" \
	    "this kernel does not have it"
	finish
fi
cp "$HERE/clawbot.conf" "$CONF"
diag "by default it is $was here"

# What that is in the way of: who pays for what runs take, and namespaces that
# hide the accounts of others.
layers() {
	cb agent status --all
	grep -E '^layer +executor +(counters|accounts) +' "$T/out" >"$T/layers"
}
both_active() {
	[ "$(grep -cE '^layer +executor +[a-z]+ +active ' "$T/layers")" -eq 2 ]
}

# gains: what who has no capability gets by a user namespace
gains() {
	as agent unshare --user --map-root-user unshare --uts echo has one \
	    2>/dev/null
}
sysctl -qw "$RESTRICT=0"
is "no restriction: who has no capability gets one" "$(gains)" "has one"

sysctl -qw "$RESTRICT=1"
had=
if [ -f "$PROFILE" ]; then
	had=yes
else
	cp /usr/local/share/doc/clawbot/apparmor/clawbotd "$PROFILE"
fi
ok "AppArmor takes the profile" apparmor_parser -r -T "$PROFILE"
ok "with the profile: it starts" restart
ok "with the profile: it runs commands" runs_again
layers
ok "with the profile: neither layer is missing" both_active
has "with the profile: no account of the host pays" "$T/layers" \
    "no account of the host"
is "with the profile: the executor is in it" \
    "$(cut -d ' ' -f 1 "/proc/$(pid_of clawbot-executor)/attr/current")" \
    clawbot-executor
cb agent run -- unshare --user true
ok "with the profile: no run makes a user namespace" test "$S" -ne 0
cb boss doctor --sandbox
is "with the profile: every sandbox holds" "$S" 0

ok "the profile is taken away" apparmor_parser -R "$PROFILE"
ok "without: it starts" restart
ok "without: it runs commands" runs_again
layers
ok "without: neither layer is missing" both_active
has "without: no account of the host pays" "$T/layers" "no account of the host"
is "without: the executor is in no profile" \
    "$(cat "/proc/$(pid_of clawbot-executor)/attr/current")" unconfined
cb agent run -- unshare --user true
ok "without: no run makes a user namespace" test "$S" -ne 0
# else nothing of this has been tried
is "without: who has no capability gets none by one" "$(gains)" ""
cb boss doctor
is "without: doctor: status" "$S" 0
cb boss doctor --sandbox
is "without: every sandbox holds" "$S" 0

sysctl -qw "$RESTRICT=0"
ok "no restriction: it starts" restart
layers
ok "no restriction: neither layer is missing" both_active

sysctl -qw "$RESTRICT=$was"
if [ -n "$had" ]; then
	apparmor_parser -r "$PROFILE"
else
	rm "$PROFILE"
fi
ok "as before: it starts" restart
finish
