# SPDX-License-Identifier: ISC
"""
Reads a vault file, or a bundle, with a key file and prints NAME=VALUE for each secret in
force.  It is written from the manual page clawbot-vault(5) and shares
nothing with the vault: cryptography is Python's, from the package of that
name.  Status 1 and a reason if anything at all is not as the page says; 77
if there is no such package.

vault_read.py FILE KEYFILE
"""

import base64
import hashlib
import re
import struct
import sys

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives import hashes, hmac
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
except ImportError:
    sys.exit(77)

CHUNK = 16384
TAG = 16


def bad(why):
    sys.stderr.write("vault_read: %s\n" % why)
    sys.exit(1)


def need(truth, why):
    if not truth:
        bad(why)


def b64(word):
    if word == "-":
        return b""
    try:
        data = base64.b64decode(word, validate=True)
    except ValueError:
        bad("base64")
    need(data != b"" and base64.b64encode(data).decode() == word, "base64")
    return data


def extract(salt, ikm):
    h = hmac.HMAC(salt, hashes.SHA512())
    h.update(ikm)
    return h.finalize()


def expand(key, info, length):
    return HKDFExpand(hashes.SHA512(), length, info).derive(key)


def decrypt(cipher, key, context, message):
    need(cipher == "aes-256", "cipher %s is not read here" % cipher)
    need(len(message) >= 24 + 32 + TAG, "short message")
    salt, commitment, rest = message[:24], message[24:56], message[56:]
    okm = expand(key, b"c2sp.org/chunked-encryption@v1+" +
                 b"AEAD_AES_256_GCM\0" + salt + context, 32 + 12 + 32)
    need(okm[44:] == commitment, "commitment")
    aead = AESGCM(okm[:32])
    text = b""
    number = 0
    while True:
        chunk, rest = rest[:CHUNK + TAG], rest[CHUNK + TAG:]
        base = int.from_bytes(okm[32:44], "big")
        nonce = (base ^ number).to_bytes(12, "big")
        try:
            text += aead.decrypt(nonce, chunk, None)
        except (InvalidTag, ValueError):
            bad("a message does not open")
        number += 1
        if len(chunk) < CHUNK + TAG:
            need(rest == b"", "something follows a message")
            return text


class Lines:
    def __init__(self, data):
        need(data.endswith(b"\n"), "no newline at the end")
        self.lines = data.decode("ascii").split("\n")[:-1]
        self.at = 0
        self.start = 0

    def word(self):
        need(self.at < len(self.lines), "lines are missing")
        words = self.lines[self.at].split(" ")
        need(words[0] == "#" and len(words) > 2, "line %d" % (self.at + 1))
        return words[1]

    def take(self, key, count=1):
        need(self.word() == key, "no %s in line %d" % (key, self.at + 1))
        words = self.lines[self.at].split(" ")[2:]
        need(len(words) == count, "words of line %d" % (self.at + 1))
        self.start += len(self.lines[self.at]) + 1
        self.at += 1
        return words if count > 1 else words[0]


def entries(text, records, version):
    need(len(text) % 512 == 0, "padding of the index")
    (count,) = struct.unpack_from(">I", text)
    need(count == len(records), "number of records")
    at = 4
    found = []
    for _ in range(count):
        (n,) = struct.unpack_from(">I", text, at)
        name = text[at + 4:at + 4 + n]
        need(re.fullmatch(rb"[A-Za-z_][A-Za-z0-9_]{0,127}", name), "a name")
        at += 4 + n
        ver, written, made, changed, state = struct.unpack_from(
            ">QQQQB", text, at)
        at += 33
        (n,) = struct.unpack_from(">I", text, at)
        need(n <= 1024, "an entry")
        at += 4 + n
        need(ver >= 1 and 1 <= written <= version and made <= changed and
             state in (1, 2), "an entry")
        found.append((name, ver, written, state))
    need(found == sorted(set(found)), "order of entries")
    need(len(text) - at < 512 and text[at:].strip(b"\0") == b"",
         "end of the index")
    return found


def unlock(slots, cipher, vault, key):
    for kind, _, params, wrapped in slots:
        if kind not in ("keyfile", "credential"):
            continue
        params = b64(params)
        need(len(params) == 32, "parameters of a slot")
        kek = expand(extract(params, key),
                     b"clawbot vault 1 " + kind.encode() + b"\0" + vault,
                     32)
        return decrypt(cipher, kek, b"clawbot vault 1 slot\0" + vault +
                       kind.encode() + b"\0" + params, b64(wrapped))
    bad("no slot for a key file")


def main(path, keypath):
    with open(path, "rb") as f:
        data = f.read()
    with open(keypath, "rb") as f:
        key = f.read()
    first = data.split(b"\n", 1)[0]
    need(first in (b"# clawbot vault 1", b"# clawbot bundle 1"), "no vault")
    lines = Lines(data)
    lines.at, lines.start = 1, len(first) + 1
    vault = b64(lines.take("id"))
    version = int(lines.take("version"))
    need(len(b64(lines.take("previous"))) == 32, "digest")
    cipher = lines.take("cipher")
    slots = []
    while lines.word() == "slot":
        slots.append(lines.take("slot", 4))
    index = b64(lines.take("index"))
    records = []
    while lines.word() == "record":
        records.append(b64(lines.take("record")))
    covered = data[:lines.start]
    mac = b64(lines.take("mac"))
    need(lines.at == len(lines.lines), "something follows the end")
    master = unlock(slots, cipher, vault, key)
    need(len(master) == 32, "master key")
    mackey = expand(master, b"clawbot vault 1 mac\0" + vault, 32)
    need(hashlib.blake2b(covered, digest_size=32, key=mackey).digest() ==
         mac, "mac")
    msgkey = expand(master, b"clawbot vault 1 messages\0" + vault, 32)
    text = decrypt(cipher, msgkey, b"clawbot vault 1 index\0" + vault +
                   struct.pack(">Q", version), index)
    for (name, ver, written, state), record in zip(
            entries(text, records, version), records):
        text = decrypt(cipher, msgkey, b"clawbot vault 1 record\0" + vault +
                       struct.pack(">QQ", ver, written) + name, record)
        (n,) = struct.unpack_from(">I", text)
        need(len(text) % 256 == 0 and 1 <= n <= len(text) - 4 and
             len(text) - 4 - n < 256 and text[4 + n:].strip(b"\0") == b"",
             "a record")
        if state == 1:
            sys.stdout.buffer.write(name + b"=" + text[4:4 + n] + b"\n")


main(sys.argv[1], sys.argv[2])
