#!/usr/bin/env python3
"""Cut Dialpad's own OpenAPI file down to what the sandbox serves.

usage: trim.py OPENAPI_JSON > dialpad.json      (run in this folder; operations.txt lists what is kept)

Dialpad's file (API v2, shipped in its Python client as dialpad_api_spec.json) is 700 kB, nine tenths of it prose and routes
we do not serve. The result keeps types, required fields, enums and the documented rate limits, word for word. Regenerate,
never edit: what the sandbox accepts and prints is exactly what is written here.
"""
import json
import re
import sys

source = json.load(open(sys.argv[1]))
needed = []


def schema(s):
    if "$ref" in s:
        name = s["$ref"].rsplit("/", 1)[1].removeprefix("schemas.")
        if name not in needed:
            needed.append(name)
        return {"ref": name}
    if "oneOf" in s:
        return {"one_of": [schema(x) for x in s["oneOf"]]}
    out = {"type": s.get("type", "object")}
    for key in ("format", "enum", "required"):
        if key in s:
            out[key] = s[key]
    if "items" in s:
        out["items"] = schema(s["items"])
    if s.get("properties"):
        out["properties"] = {k: schema(v) for k, v in sorted(s["properties"].items())}
    return out


def json_schema(holder):
    content = (holder or {}).get("content", {}).get("application/json")
    return schema(content["schema"]) if content else None


def limit(text):
    """The first documented limit: for texts that is Dialpad's tier 0, the one every company starts with."""
    found = re.search(r"[Rr]ate limit: (\d+) per (minute|hour)", text)
    return {"requests": int(found[1]), "seconds": {"minute": 60, "hour": 3600}[found[2]]} if found else None


operations = []
for line in open("operations.txt"):
    method, path = line.split()
    op = source["paths"][path][method.lower()]
    params = op.get("parameters", [])
    operations.append({
        "id": op["operationId"],
        "method": method,
        "path": path,
        "limit": limit(op.get("description", "")),
        "path_params": {p["name"]: schema(p["schema"]) for p in params if p["in"] == "path"},
        "query": {p["name"]: {"required": p.get("required", False), "schema": schema(p["schema"])}
                  for p in params if p["in"] == "query"},
        "body": json_schema(op.get("requestBody")),
        "reply": json_schema(op["responses"].get("200")),
    })

schemas, i = {}, 0
while i < len(needed):
    schemas[needed[i]] = schema(source["components"]["schemas"]["schemas." + needed[i]])
    i += 1

print("{\n \"operations\": [")
print(",\n".join("  " + json.dumps(o) for o in operations))
print(" ],\n \"schemas\": {")
print(",\n".join(f"  {json.dumps(n)}: {json.dumps(s)}" for n, s in sorted(schemas.items())))
print(" }\n}")
