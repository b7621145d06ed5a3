# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/vm/in/lib.sh
#
# The vault's key as an encrypted credential of systemd, as the example of the
# package has it.
. "$(dirname "$0")/lib.sh"

EXAMPLE=/usr/share/doc/clawbot/credential.conf
DROPIN=/etc/systemd/system/clawbotd.service.d
cp "$CONF" "$T/good"
for line in 'mkdir -p /etc/credstore.encrypted' \
    'systemd-creds encrypt --name=clawbot.key /etc/clawbot.key' \
    '"credential"'; do
	has "the example: $line" "$EXAMPLE" "$line"
done
mkdir -p /etc/credstore.encrypted "$DROPIN"
ok "systemd-creds encrypt" systemd-creds encrypt --name=clawbot.key \
    /etc/clawbot.key /etc/credstore.encrypted/clawbot.key
cp "$EXAMPLE" "$DROPIN"
sed -i 's,keyfile:/etc/clawbot.key,credential,' "$CONF"
mv /etc/clawbot.key "$T/key"
systemctl daemon-reload
ok "it starts with the key from there" restart
ok "it runs commands" runs_again
ok "a reload" systemctl reload clawbotd
printf tok-from-credential | as boss clawbot secrets set DEMO_TOKEN \
    >"$T/out" 2>&1
is "the vault is open: status" "$?" 0

mv "$T/key" /etc/clawbot.key
rm -r "$DROPIN" /etc/credstore.encrypted/clawbot.key
cp "$T/good" "$CONF"
systemctl daemon-reload
ok "it starts with the key file" restart
cb boss secrets list
has "it is the same vault" "$T/out" DEMO_TOKEN
finish
