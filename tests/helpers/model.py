#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""model.py DIR [--key KEY] [--unix PATH]: a model that follows a script.

It serves agents on 127.0.0.1, at the port that is in DIR/port then, or on a
Unix socket, by four protocols: Messages (/v1/messages), Responses
(/v1/responses), Chat (/v1/chat/completions) and GenerateContent
(/v1beta/models/M:generateContent), as a stream where it is asked to.

What it says is a matter of the conversation alone, so that one can be left
and continued: the last word script:NAME of a user names DIR/NAME.script, and
as many steps of that are done as the model has called tools since then.  A
step is a line of JSON:

    {"mcp": "run_command", "args": {...}}   a tool of a server, by the end of
                                            its name
    {"shell": "line"}                       the agent's own tool for commands
    {"write": "path", "text": "..."}        and the one that makes a file
    {"say": "text"}                         the end of the turn

"until": "FILE" in one has the model think until there is that file, a minute
at most.  @EXEC@ in one is the last exec_id that a tool has told.  Behind the last step,
and where no script is named, it says "done".  What it was told by tools is
then in DIR/NAME.told.N, counted from 1; all requests are in DIR/requests, a
line each.  With a key, whoever does not send that gets 401.
"""

import argparse
import http.server
import json
import os
import re
import socket
import socketserver
import sys
import threading
import time
import uuid

SHELLS = {
    "Bash": lambda line: {"command": line, "description": "a step"},
    "bash": lambda line: {"command": line, "description": "a step"},
    "exec_command": lambda line: {"cmd": line, "yield_time_ms": 30000},
    "shell_command": lambda line: {"command": line},
    "shell": lambda line: {"command": ["sh", "-c", line]},
    "run_shell_command": lambda line: {"command": line,
                                       "description": "a step",
                                       "is_background": False},
}
WRITES = {
    "Write": lambda path, text: {"file_path": path, "content": text},
    "write": lambda path, text: {"filePath": path, "content": text},
    "write_file": lambda path, text: {"file_path": path, "content": text},
}


def text_of(value):
    """All texts in what a tool has answered, in order."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(filter(None, (text_of(v) for v in value)))
    if isinstance(value, dict):
        for key in ("text", "content", "output"):
            if key in value:
                return text_of(value[key])
        return json.dumps(value)
    return ""


class Talk:
    """A request, whatever its protocol: tools by name, and what was said."""

    def __init__(self):
        self.tools = {}
        self.said = []

    def tool(self, name, namespace=None):
        self.tools[(namespace or "") + name] = (name, namespace)

    def user(self, value):
        self.said.append(("user", text_of(value)))

    def called(self, name):
        self.said.append(("call", name))

    def told(self, value):
        self.said.append(("told", text_of(value)))


def messages_talk(body):
    t = Talk()
    for tool in body.get("tools") or []:
        t.tool(tool["name"])
    for m in body["messages"]:
        parts = m["content"]
        if isinstance(parts, str):
            parts = [{"type": "text", "text": parts}]
        for p in parts:
            if p["type"] == "tool_result":
                t.told(p.get("content"))
            elif p["type"] == "tool_use":
                t.called(p["name"])
            elif p["type"] == "text" and m["role"] == "user":
                t.user(p["text"])
    return t


def responses_talk(body):
    t = Talk()
    for tool in body.get("tools") or []:
        if tool["type"] == "namespace":
            for inner in tool["tools"]:
                t.tool(inner["name"], tool["name"])
        elif "name" in tool:
            t.tool(tool["name"])
    given = body["input"]
    if isinstance(given, str):
        given = [{"type": "message", "role": "user", "content": given}]
    for item in given:
        kind = item.get("type", "message")
        if kind == "function_call":
            t.called(item["name"])
        elif kind == "function_call_output":
            t.told(item["output"])
        elif kind == "message" and item["role"] == "user":
            t.user(item["content"])
    return t


def chat_talk(body):
    t = Talk()
    for tool in body.get("tools") or []:
        t.tool(tool["function"]["name"])
    for m in body["messages"]:
        for call in m.get("tool_calls") or []:
            t.called(call["function"]["name"])
        if m["role"] == "tool":
            t.told(m["content"])
        elif m["role"] == "user":
            t.user(m["content"])
    return t


def content_talk(body):
    t = Talk()
    for tool in body.get("tools") or []:
        for f in tool.get("functionDeclarations") or []:
            t.tool(f["name"])
    for m in body["contents"]:
        for p in m.get("parts") or []:
            if "functionCall" in p:
                t.called(p["functionCall"]["name"])
            elif "functionResponse" in p:
                t.told(p["functionResponse"].get("response"))
            elif "text" in p and m.get("role") == "user":
                t.user(p["text"])
    return t


class Script:
    """What comes next in a conversation: ("say", text) or ("call", ...)."""

    lock = threading.Lock()

    def __init__(self, where):
        self.where = where

    def begun(self, talk):
        """The name of the script and what was said since."""
        name, since = None, []
        for what in talk.said:
            words = re.findall(r"script:(\w+)", what[1]) \
                if what[0] == "user" else []
            if words:
                name, since = words[-1], []
            else:
                since.append(what)
        return name, since

    def keep(self, name, told):
        with self.lock:
            for n, text in enumerate(told, 1):
                path = "%s/%s.told.%d" % (self.where, name, n)
                with open(path + ".new", "w") as f:
                    f.write(text)
                os.rename(path + ".new", path)

    def next(self, talk):
        name, since = self.begun(talk)
        if name is None or not talk.tools:
            return ("say", "done")
        told = [w[1] for w in since if w[0] == "told"]
        self.keep(name, told)
        with open("%s/%s.script" % (self.where, name)) as f:
            steps = [line for line in f if line.strip()]
        n = sum(w[0] == "call" for w in since)
        if n >= len(steps):
            return ("say", "done")
        ids = re.findall(r'exec_id\W+(r[0-9a-z]+)', "\n".join(told))
        line = steps[n].replace("@EXEC@", ids[-1] if ids else "none")
        step = json.loads(line)
        self.think(step.get("until"))
        return self.step(talk, step)

    def think(self, until):
        for _ in range(1200):
            if until is None or os.path.exists(until):
                break
            time.sleep(0.05)

    def step(self, talk, step):
        if "say" in step:
            return ("say", step["say"])
        if "mcp" in step:
            for full, tool in talk.tools.items():
                if full.endswith(step["mcp"]):
                    return ("call", tool, step["args"])
            if "tool_call" in talk.tools:       # for those not declared
                return ("call", talk.tools["tool_call"],
                        {"name": "mcp__clawbot__" + step["mcp"],
                         "arguments": step["args"]})
        if "write" in step and not any(w in talk.tools for w in WRITES):
            step = {"shell": "cat >%s <<'EOF'\n%s\nEOF" %
                    (step["write"], step["text"])}
        for kind, own in (("shell", SHELLS), ("write", WRITES)):
            for name, arguments in own.items():
                if kind not in step or name not in talk.tools:
                    continue
                words = [step[kind]]
                if kind == "write":
                    words.append(step["text"])
                return ("call", talk.tools[name], arguments(*words))
        return ("say", "no tool for %s among %s" %
                (json.dumps(step), " ".join(sorted(talk.tools))))


def new_id(before):
    return before + uuid.uuid4().hex[:24]


def messages_answer(what, body):
    usage = {"input_tokens": 10, "output_tokens": 5}
    if what[0] == "say":
        block = {"type": "text", "text": what[1]}
    else:
        block = {"type": "tool_use", "id": new_id("toolu_"),
                 "name": what[1][0], "input": what[2]}
    stop = "end_turn" if what[0] == "say" else "tool_use"
    message = {"id": new_id("msg_"), "type": "message", "role": "assistant",
               "model": body.get("model", "m"), "content": [block],
               "stop_reason": stop, "stop_sequence": None, "usage": usage}
    if not body.get("stream"):
        return message
    begun = dict(message, content=[], stop_reason=None)
    if what[0] == "say":
        empty = {"type": "text", "text": ""}
        delta = {"type": "text_delta", "text": what[1]}
    else:
        empty = dict(block, input={})
        delta = {"type": "input_json_delta",
                 "partial_json": json.dumps(what[2])}
    return [{"type": "message_start", "message": begun},
            {"type": "content_block_start", "index": 0,
             "content_block": empty},
            {"type": "content_block_delta", "index": 0, "delta": delta},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "usage": usage,
             "delta": {"stop_reason": stop, "stop_sequence": None}},
            {"type": "message_stop"}]


def responses_answer(what, body):
    if what[0] == "say":
        item = {"type": "message", "role": "assistant", "id": new_id("msg_"),
                "status": "completed",
                "content": [{"type": "output_text", "text": what[1],
                             "annotations": []}]}
    else:
        item = {"type": "function_call", "id": new_id("fc_"),
                "call_id": new_id("call_"), "name": what[1][0],
                "status": "completed", "arguments": json.dumps(what[2])}
        if what[1][1] is not None:
            item["namespace"] = what[1][1]
    response = {"id": new_id("resp_"), "object": "response",
                "model": body.get("model", "m"), "status": "completed",
                "output": [item],
                "usage": {"input_tokens": 10, "output_tokens": 5,
                          "total_tokens": 15,
                          "input_tokens_details": {"cached_tokens": 0},
                          "output_tokens_details": {"reasoning_tokens": 0}}}
    if not body.get("stream"):
        return response
    begun = dict(response, status="in_progress", output=[], usage=None)
    return [{"type": "response.created", "response": begun},
            {"type": "response.output_item.added", "output_index": 0,
             "item": item},
            {"type": "response.output_item.done", "output_index": 0,
             "item": item},
            {"type": "response.completed", "response": response}]


def chat_answer(what, body):
    message = {"role": "assistant", "content": None}
    if what[0] == "say":
        message["content"] = what[1]
    else:
        message["tool_calls"] = [{
            "index": 0, "id": new_id("call_"), "type": "function",
            "function": {"name": what[1][0],
                         "arguments": json.dumps(what[2])}}]
    stop = "stop" if what[0] == "say" else "tool_calls"
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    common = {"id": new_id("chatcmpl-"), "created": 1,
              "model": body.get("model", "m")}
    if not body.get("stream"):
        return dict(common, object="chat.completion", usage=usage, choices=[
            {"index": 0, "message": message, "finish_reason": stop}])
    common["object"] = "chat.completion.chunk"
    return [dict(common, choices=[{"index": 0, "delta": message,
                                   "finish_reason": None}]),
            dict(common, choices=[{"index": 0, "delta": {},
                                   "finish_reason": stop}]),
            dict(common, choices=[], usage=usage), "[DONE]"]


def content_answer(what, body):
    if what[0] == "say":
        part = {"text": what[1]}
    else:
        part = {"functionCall": {"name": what[1][0], "args": what[2]}}
    answer = {"candidates": [{"index": 0, "finishReason": "STOP", "content":
                              {"role": "model", "parts": [part]}}],
              "usageMetadata": {"promptTokenCount": 10,
                                "candidatesTokenCount": 5,
                                "totalTokenCount": 15},
              "modelVersion": "m"}
    return [answer] if body["stream"] else answer


PROTOCOLS = (
    (r"/messages$", messages_talk, messages_answer),
    (r"/responses$", responses_talk, responses_answer),
    (r"/chat/completions$", chat_talk, chat_answer),
    (r":(stream)?[gG]enerateContent$", content_talk, content_answer),
)
# What agents ask beside that, and can do without.
OTHERS = ((r"/count_tokens$", {"input_tokens": 10}),
          (r":countTokens$", {"totalTokens": 10}),
          (r"/models$", {"object": "list", "data": []}))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def address_string(self):
        return "-"

    def answer(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def stream(self, events):
        data = ""
        for e in events:
            if isinstance(e, dict) and "type" in e:
                data += "event: %s\n" % e["type"]
            data += "data: %s\n\n" % (e if isinstance(e, str)
                                      else json.dumps(e))
        data = data.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def body(self):
        n = int(self.headers.get("Content-Length") or 0)
        data = self.rfile.read(n)
        if self.headers.get("Transfer-Encoding") == "chunked":
            data = b""
            while True:
                n = int(self.rfile.readline().split(b";")[0], 16)
                data += self.rfile.read(n)
                self.rfile.readline()
                if n == 0:
                    break
        try:
            return json.loads(data) if data else {}
        except ValueError:
            return {"odd": repr(data[:200])}

    def has_key(self):
        key = self.server.key
        return key is None or any(
            key in (self.headers.get(h) or "") for h in
            ("Authorization", "x-api-key", "x-goog-api-key"))

    def keep(self, path, body, status):
        with self.server.lock, \
                open(self.server.where + "/requests", "a") as f:
            f.write(json.dumps({"path": path, "status": status,
                                "method": self.command,
                                "headers": dict(self.headers),
                                "body": body}) + "\n")

    def do_POST(self):
        path = self.path.split("?")[0]
        body = self.body()
        if not self.has_key():
            self.keep(path, body, 401)
            return self.answer(401, {"error": {"message": "no such key"}})
        for pattern, talk, answer in PROTOCOLS:
            if not re.search(pattern, path):
                continue
            self.keep(path, body, 200)
            if talk is content_talk:
                body["stream"] = "stream" in path
            what = answer(self.server.script.next(talk(body)), body)
            return self.stream(what) if isinstance(what, list) else \
                self.answer(200, what)
        for pattern, value in OTHERS:
            if re.search(pattern, path):
                self.keep(path, body, 200)
                return self.answer(200, value)
        self.keep(path, body, 404)
        return self.answer(404, {"error": {"message": "not here"}})

    do_GET = do_HEAD = do_POST


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def serve_as(self, options):
        self.where = options.dir
        self.key = options.key
        self.lock = threading.Lock()
        self.script = Script(options.dir)
        self.serve_forever()


class UnixServer(Server):
    address_family = socket.AF_UNIX

    def server_bind(self):
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", 0
        os.chmod(self.server_address, 0o666)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("dir")
    p.add_argument("--key")
    p.add_argument("--unix")
    options = p.parse_args()
    if options.unix:
        server = UnixServer(options.unix, Handler)
    else:
        server = Server(("127.0.0.1", 0), Handler)
        with open(options.dir + "/port.new", "w") as f:
            f.write("%d\n" % server.server_port)
        os.rename(options.dir + "/port.new", options.dir + "/port")
    server.serve_as(options)


sys.exit(main())
