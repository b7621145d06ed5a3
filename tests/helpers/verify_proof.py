#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""verify_proof.py KEY PROOF: checks what "clawbot audit prove" wrote by the public
key alone, prints the record, or size and root that the log goes on from; 0 or 1.
Nothing but RFC 8032, RFC 9162 and C2SP's notes, checkpoints and proofs."""
import hashlib
import sys
from base64 import b64decode as b64

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P

def mul(s, p):
    q = (0, 1, 1, 0)
    while s:
        q = add(q, p) if s & 1 else q
        p, s = add(p, p), s >> 1
    return q

def point(raw):
    n = int.from_bytes(raw, 'little')
    y, sign = n & (1 << 255) - 1, n >> 255
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P)
    x = pow(x2, (P + 3) // 8, P)
    x = x if (x * x - x2) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    need((x * x - x2) % P == 0 and y < P and (x or not sign), 'no such point')
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P

def signed(key, text, sig):
    s = int.from_bytes(sig[32:], 'little')
    h = hashlib.sha512(sig[:32] + key + text).digest()
    a = mul(s, point((4 * pow(5, -1, P) % P).to_bytes(32, 'little')))
    b = add(point(sig[:32]), mul(int.from_bytes(h, 'little') % L, point(key)))
    return s < L and all((a[i] * b[2] - b[i] * a[2]) % P == 0 for i in (0, 1))

def sha256(text):
    return hashlib.sha256(text).digest()

def need(good, why):
    if not good:
        sys.exit(why)

def note(text, sigs, name, key):
    want = sha256(name + b'\n\1' + key)[:4]
    raw = b64(sigs.split(b' ')[2])
    need(sigs.split(b' ')[:2] == ['\u2014'.encode(), name] and raw[:4] == want,
         'signed with another key')
    need(signed(key, text + b'\n', raw[4:]), 'bad signature')
    lines = text.split(b'\n')
    need(lines[0] == name, 'another log')
    return lines

def climb(hashes, fn, sn, old, new):
    for h in hashes:
        need(sn, 'too many hashes')
        if fn & 1 or fn == sn:
            old, new = (sha256(b'\1' + h + x) for x in (old, new))
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = sha256(b'\1' + new + h)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, 'too few hashes')
    return old, new

name, key = sys.argv[1].encode().split(b'+', 2)[::2]
key = b64(key)[1:]
with open(sys.argv[2], 'rb') as f:
    head, *notes = f.read()[:-1].split(b'\n\n')
for i in [*range(2, len(notes), 2), 0]:         # the one that counts is first
    what = note(notes[i], notes[i + 1].rstrip(b'\n'), name, key)
    key = b64(what[-1][len(b'next '):])
size, root = int(what[1]), b64(what[2])
kind, one, two, *path = head.split(b'\n')
path = [b64(h) for h in path]
if kind == b'c2sp.org/tlog-proof@v1':
    record, n = b64(one[len(b'extra '):]), int(two[len(b'index '):])
    leaf = sha256(b'\0' + hashlib.blake2b(record, digest_size=32).digest())
    need(n < size and climb(path, n, size - 1, leaf, leaf)[1] == root,
         'not in the log')
    sys.stdout.buffer.write(record)
else:
    n, old = int(one[len(b'size '):]), b64(two[len(b'root '):])
    path = path if n & n - 1 else [old] + path
    fn, sn = n - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    need(kind == b'clawbot-extension@v1' and 0 < n <= size and
         ((old, path[n & n - 1 == 0:]) == (root, []) if n == size else
          climb(path[1:], fn, sn, path[0], path[0]) == (old, root)),
         'does not go on from there')
    print('size', n)
