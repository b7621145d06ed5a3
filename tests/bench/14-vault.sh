# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh disable=SC2016,SC2034,SC2086
#
# The vault: opening it by its key file, and giving one secret to one run,
# without the record's flush, beside what others take to tell one; and how
# fast output is searched for 100 secrets, beside cat.

. "$SRC/tests/bench/lib.sh"

TURNS=${TURNS-30}
AGAIN=64		# MB of each kind of output

# took TITLE COMMAND...: the median of some turns
took() {
	t_title=$1
	shift
	printf '%-40s ' "$t_title"
	perl -e '
	    use Time::HiRes "time";
	    open(STDOUT, ">", "/dev/null") or die;
	    my ($turns, @c) = @ARGV;
	    my @t;
	    for (1 .. $turns) {
		my $since = time;
		system(@c) == 0 or die "$c[0]: $?\n";
		push(@t, (time - $since) * 1e6);
	    }
	    @t = sort { $a <=> $b } @t;
	    printf STDERR "%9.0f us\n", $t[@t / 2];' "$TURNS" "$@" \
	    </dev/null 2>"$TOP/took" || :
	tail -n 1 "$TOP/took"
}

# absent TITLE: in place of its row
absent() {
	printf '%-40s %12s\n' "$1" "not here"
}

# Each has one secret, in the way that it keeps them.
gpg_pass() {
	GNUPGHOME=$TOP/gnupg PASSWORD_STORE_DIR=$TOP/store
	export GNUPGHOME PASSWORD_STORE_DIR
	mkdir -m 700 "$GNUPGHOME"
	UNDO="$UNDO gpgconf --homedir '$GNUPGHOME' --kill all; "
	gpg -q --batch --passphrase '' --quick-gen-key bench@localhost \
	    default default never && pass init bench@localhost &&
	    printf 'a value\n' | pass insert -m bench
}

age_file() {
	age-keygen -o "$TOP/age.key" &&
	    printf 'a value' | age -r "$(age-keygen -y "$TOP/age.key")" \
	    -o "$TOP/age"
}

# By the host's key, which is there where services have been given any.
systemd_credential() {
	[ -f /var/lib/systemd/credential.secret ] &&
	    printf 'a value' | systemd-creds encrypt --with-key=host \
	    --name=bench - "$TOP/cred"
}

printf '\nvault, 100 secrets\n'
"$B/tests/bench/opened" 200 100 >"$GOT" || bail "opened"
printf '%-40s %9.0f us\n' "opened by its key file" "$(sed -n 1p "$GOT")" \
    "one secret to one run" "$(sed -n 2p "$GOT")"
if command -v pass >/dev/null && gpg_pass >"$TOP/err" 2>&1; then
	took "pass show" pass show bench
else
	absent "pass show"
fi
if command -v age-keygen >/dev/null && age_file >"$TOP/err" 2>&1; then
	took "age -d" age -d -i "$TOP/age.key" "$TOP/age"
else
	absent "age -d"
fi
if command -v systemd-creds >/dev/null &&
    systemd_credential >"$TOP/err" 2>&1; then
	took "systemd-creds decrypt" systemd-creds decrypt --name=bench \
	    "$TOP/cred" -
else
	absent "systemd-creds decrypt"
fi

printf '\noutput searched for 100 secrets\n'
cat "$SRC"/man/* "$SRC"/*/*.c >"$TOP/text"
for kind in text letters zeros near escapes; do
	printf '%-40s %9.0f MB/s\n' "$kind" "$("$B/tests/bench/maskspeed" \
	    "$kind" 100 "$AGAIN" "$TOP/text")"
done
# as much, of the very text, by a program that only passes it on
i=0
while [ $i -lt 16 ]; do
	cat "$TOP/text"
	i=$((i + 1))
done >"$TOP/much"
perl -e '
    use Time::HiRes "time";
    my $since = time;
    system("cat", $ARGV[0]) == 0 or die;
    printf STDERR "%-40s %9.0f MB/s\n", "cat, into a pipe",
	(-s $ARGV[0]) / 1e6 / (time - $since);' "$TOP/much" 2>"$TOP/cat" |
    cat >/dev/null
cat "$TOP/cat"
