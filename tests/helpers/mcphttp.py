#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""mcphttp.py PORTFILE [--alias FILE] -- COMMAND...: MCP over HTTP to stdio.

For clients that speak HTTP only.  It serves http://127.0.0.1:PORT/mcp, with
the port in PORTFILE, and starts COMMAND, a server on standard input and output,
once for each session that begins with initialize, and once for all requests
that have no session.  What the protocol says of HTTP alone is its own: sessions,
headers and status codes.  Messages pass as they are, but for their ids, which
are made unique, since many clients share a server.

FILE is JSON: what a call of the tool NAME becomes, {NAME: {"name": N,
"arguments": {...}}}, for clients that look for tools of their own.  It ends with
its standard input.
"""

import argparse
import http.server
import json
import os
import queue
import secrets
import subprocess
import sys
import threading

MODERN = "2026-07-28"
META = "io.modelcontextprotocol/"
STATUS = {-32601: 404, -32602: 400, -32022: 400, -32021: 400, -32600: 400}
PATIENCE = 60


class Server:
    """A process; who waits for what of it."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)
        self.lock = threading.Lock()
        self.next = 0
        self.waiting = {}       # our id: (theirs, queue)
        self.tokens = {}        # our token: (theirs, queue)
        threading.Thread(target=self.hear, daemon=True).start()

    def hear(self):
        for line in self.process.stdout:
            self.take(json.loads(line))
        with self.lock:
            for _, box in self.waiting.values():
                box.put(None)

    def take(self, message):
        with self.lock:
            if "method" in message:
                params = message.get("params", {})
                if "id" in message:
                    # a request of the server's: only one client is there
                    for _, box in self.waiting.values():
                        box.put(message)
                    return
                theirs, box = self.tokens.get(params.get("progressToken"),
                                              (None, None))
                if box is not None:
                    params["progressToken"] = theirs
                    box.put(message)
                return
            theirs, box = self.waiting.pop(message.get("id"), (None, None))
            if box is not None:
                box.put({**message, "id": theirs})

    def write(self, message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, message):
        """A queue with what it says to that, the answer last."""
        box = queue.Queue()
        with self.lock:
            self.next += 1
            ours = "h%d" % self.next
            self.waiting[ours] = (message["id"], box)
            meta = (message.get("params") or {}).get("_meta") or {}
            if "progressToken" in meta:
                self.tokens[ours] = (meta["progressToken"], box)
                meta["progressToken"] = ours
            self.write({**message, "id": ours})
        return box

    def tell(self, message):
        with self.lock:
            self.write(message)

    def end(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)


class Bridge(http.server.ThreadingHTTPServer):
    daemon_threads = True
    command = []
    aliases = {}
    sessions = {}
    shared = None
    lock = threading.Lock()

    def stateless(self):
        with self.lock:
            if self.shared is None:
                self.shared = Server(self.command)
            return self.shared

    def begin(self):
        name = secrets.token_hex(16)
        with self.lock:
            self.sessions[name] = Server(self.command)
        return name

    def end(self):
        with self.lock:
            for server in [self.shared, *self.sessions.values()]:
                if server is not None:
                    server.end()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle(self):
        """A client may leave before its answer."""
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def finish(self):
        try:
            super().finish()
        except ConnectionError:
            pass

    def respond(self, status, message=None, session=None):
        body = b"" if message is None else json.dumps(message).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if session is not None:
            self.send_header("Mcp-Session-Id", session)
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, ident, code, text):
        self.respond(status, {"jsonrpc": "2.0", "id": ident,
                              "error": {"code": code, "message": text}})

    def is_local(self):
        """No name that somebody's DNS has made ours."""
        hosts = [self.headers.get("Host", "")]
        if "Origin" in self.headers:
            hosts.append(self.headers["Origin"].partition("://")[2])
        return all(h.rsplit(":", 1)[0] in ("127.0.0.1", "localhost")
                   for h in hosts)

    def do_GET(self):
        self.respond(405)

    def do_DELETE(self):
        with self.server.lock:
            gone = self.server.sessions.pop(
                self.headers.get("Mcp-Session-Id"), None)
        if gone is not None:
            gone.end()
        self.respond(404 if gone is None else 200)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self.is_local():
            self.respond(403)
            return
        try:
            message = json.loads(body)
        except ValueError:
            self.refuse(400, None, -32700, "no JSON")
            return
        self.route(message)

    def route(self, message):
        method, ident = message.get("method"), message.get("id")
        params = message.get("params") or {}
        asked = self.headers.get("MCP-Protocol-Version")
        said = (params.get("_meta") or {}).get(META + "protocolVersion")
        name = self.headers.get("Mcp-Session-Id")
        if said is not None and asked is not None and said != asked:
            self.refuse(400, ident, -32020, "HeaderMismatch: "
                        "MCP-Protocol-Version is not that of _meta")
            return
        if method == "tools/call" and params.get("name") in \
                self.server.aliases:
            params.update(self.server.aliases[params["name"]])
        if method == "initialize" and said is None and asked != MODERN:
            name = self.server.begin()
        if name is None:
            self.deliver(self.server.stateless(), message, None)
        elif name in self.server.sessions:
            self.deliver(self.server.sessions[name], message, name)
        else:
            self.refuse(404, ident, -32001, "Session not found")

    def deliver(self, server, message, session):
        if "method" not in message or "id" not in message:
            server.tell(message)
            self.respond(202)
            return
        box = server.ask(message)
        first = box.get(timeout=PATIENCE)
        if first is None:
            self.respond(502)
        elif "method" in first:
            self.stream(box, first)
        else:
            status = 200
            if session is None and "error" in first:
                status = STATUS.get(first["error"]["code"], 200)
            self.respond(status, first, session)

    def stream(self, box, message):
        """More than the answer: as events."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        while message is not None:
            self.wfile.write(b"event: message\ndata: %s\n\n"
                             % json.dumps(message).encode())
            self.wfile.flush()
            if "method" not in message:
                break
            message = box.get(timeout=PATIENCE)
        self.close_connection = True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("portfile")
    parser.add_argument("--alias")
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    bridge = Bridge(("127.0.0.1", 0), Handler)
    bridge.command = args.command
    if args.alias:
        with open(args.alias, encoding="utf-8") as f:
            bridge.aliases = json.load(f)
    threading.Thread(target=bridge.serve_forever, daemon=True).start()
    with open(args.portfile + ".new", "w", encoding="utf-8") as f:
        print(bridge.server_port, file=f)
    os.rename(args.portfile + ".new", args.portfile)
    sys.stdin.read()
    bridge.shutdown()
    bridge.end()


main()
