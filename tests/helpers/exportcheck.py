#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
#
# exportcheck.py FORMAT LOG <EXPORT: is what "clawbot audit export" has printed
# of a log that log, a line a record, with every member and the exact time, and
# in the form that FORMAT asks for?  By nothing but this file and Python.

import datetime
import json
import re
import sys

# OCSF 1.3: attributes that are required, by class, beside those of all.
BASE = ["activity_id", "category_uid", "class_uid", "metadata", "severity_id",
        "time", "type_uid"]
CLASSES = {
    0: ({0, 99}, []),
    1001: (set(range(0, 15)) | {99}, ["actor", "device", "file"]),
    1007: ({0, 1, 2, 3, 4, 5, 99}, ["actor", "device", "process"]),
    3003: ({0, 1, 2, 99}, ["user"]),
    3004: ({0, 1, 2, 3, 4, 99}, ["entity"]),
    6002: (set(range(0, 9)) | {99}, ["app"]),
}
# Of objects, wherever they stand: all of these, or one of a set.
OBJECTS = {
    "metadata": ["product", "version"],
    "product": ["vendor_name"],
    "app": ["vendor_name"],
    "device": ["type_id"],
    "file": ["name", "type_id"],
    "file_result": ["name", "type_id"],
    "process": [{"pid", "uid", "cpid"}],
    "parent_process": [{"pid", "uid", "cpid"}],
    "user": [{"name", "uid", "email_addr", "type_id"}],
    "actor": [{"user", "process", "app_name", "session", "app_uid"}],
    "entity": [{"name", "uid"}],
    "hashes": ["algorithm_id", "value"],
}
TEXTS = {"message", "status_detail", "cmd_line", "name", "path", "uid",
         "hostname", "activity_name"}


def need(ok, what):
    if not ok:
        sys.exit(what)


def objects(value, key=None):
    if isinstance(value, list):
        for one in value:
            objects(one, key)
        return
    if not isinstance(value, dict):
        need(key not in TEXTS or isinstance(value, str),
             "%s is no text: %r" % (key, value))
        return
    for want in OBJECTS.get(key, []):
        need(want & set(value) if isinstance(want, set) else want in value,
             "%s lacks %s: %r" % (key, want, value))
    for sub, inside in value.items():
        if sub != "unmapped":
            objects(inside, sub)


def ocsf(line, rec):
    e = json.loads(line)
    activities, required = CLASSES[e["class_uid"]]
    for want in BASE + required:
        need(want in e, "class %d lacks %s" % (e["class_uid"], want))
    need(e["activity_id"] in activities, "activity %d" % e["activity_id"])
    need(e["type_uid"] == e["class_uid"] * 100 + e["activity_id"], "type_uid")
    need(e["category_uid"] == e["class_uid"] // 1000, "category_uid")
    need(e["severity_id"] in (1, 2, 4), "severity_id")
    objects(e)
    need(e["time"] == rec["us"] // 1000, "time in milliseconds")
    need(e["metadata"]["sequence"] == rec["number"], "sequence")
    kind = e["unmapped"].pop("kind")
    return kind, e["unmapped"]


def any_value(v):
    (how, x), = v.items()
    if how == "stringValue":
        need(isinstance(x, str), how)
        return x
    if how == "boolValue":
        need(isinstance(x, bool), how)
        return x
    if how == "intValue":
        need(isinstance(x, str), "int64 is a string in OTLP's JSON")
        return int(x)
    if how == "arrayValue":
        return [any_value(one) for one in x["values"]]
    need(how == "kvlistValue", how)
    return {one["key"]: any_value(one["value"]) for one in x["values"]}


def otel(line, rec):
    (res,) = json.loads(line)["resourceLogs"]
    names = [a["key"] for a in res["resource"]["attributes"]]
    need("service.name" in names, "service.name")
    (scope,) = res["scopeLogs"]
    (log,) = scope["logRecords"]
    need(log["timeUnixNano"] == str(rec["us"] * 1000), "time in nanoseconds")
    need(1 <= log["severityNumber"] <= 24, "severityNumber")
    attributes = {}
    for a in log["attributes"]:
        need(a["key"].startswith("clawbot."), "attribute " + a["key"])
        need(a["key"] not in attributes, "twice: " + a["key"])
        attributes[a["key"][8:]] = any_value(a["value"])
    need(attributes.pop("number") == rec["number"], "number")
    return attributes.pop("kind"), attributes


def syslog(line, rec):
    m = re.match(r"<(\d{1,3})>1 (\S+) ([!-~]{1,255}) ([!-~]{1,48}) "
                 r"([!-~]{1,128}) ([!-~]{1,32}) (-|\[meta sequenceId=\"(\d+)"
                 r"\"\]) (.*)$", line)
    need(m, "not RFC 5424: " + line[:80])
    need(int(m.group(1)) // 8 == 13, "facility")
    need(m.group(2) == rec["time"], "time")
    need(m.group(8) is None or int(m.group(8)) == rec["number"], "sequenceId")
    return plain(m.group(9), rec)


def plain(line, rec):
    o = json.loads(line)
    need(o.pop("time") == rec["time"], "time")
    need(o.pop("number") == rec["number"], "number")
    return o.pop("kind"), o


def record(line):
    number, time, kind, text = line.split(" ", 3)
    at = datetime.datetime.strptime(time, "%Y-%m-%dT%H:%M:%S.%fZ")
    since = at - datetime.datetime(1970, 1, 1)
    return {"number": int(number), "time": time, "kind": kind.rstrip(":"),
            "us": since // datetime.timedelta(microseconds=1),
            "members": json.loads(text)}


def main():
    check = {"ocsf": ocsf, "otel": otel, "syslog": syslog,
             "json": plain}[sys.argv[1]]
    with open(sys.argv[2], encoding="utf-8", newline="\n") as f:
        log = f.read().split("\n")[:-1]
    out = sys.stdin.buffer.read().decode("utf-8").split("\n")[:-1]
    need(len(out) == len(log), "%d lines of %d records" % (len(out), len(log)))
    for i, (line, was) in enumerate(zip(out, log)):
        rec = record(was)
        try:
            kind, members = check(line, rec)
        except (KeyError, ValueError) as e:
            sys.exit("record %d: %r" % (i + 1, e))
        need(kind == rec["kind"], "record %d: kind %s" % (i + 1, kind))
        need(members == rec["members"], "record %d: other members:\n%r\n%r" %
             (i + 1, members, rec["members"]))
    print(len(out))


main()
