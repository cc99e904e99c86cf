"""A model that is scripted: it answers on the loopback interface in the protocols that clients speak, asks for the
commands of a script, turn by turn, and remembers what the client says came of them. Needs only Python."""

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# The tools that run commands, by the names that clients give them.
SHELLS = ["exec_command", "shell_command", "Bash", "bash", "run_shell_command", "run_commands", "terminal"]
FIELDS = ["command", "cmd", "commands"]


class Model:
    """Turns are lists of commands; the commands of one turn are asked for at once. `between` is called with the number
    of a turn and its results before the next turn begins."""

    def __init__(self, turns, between=None):
        self.turns = turns
        self.between = between
        self.results = []
        self.lock = threading.Lock()
        self.told = set()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.server.daemon_threads = True
        self.url = "http://127.0.0.1:%d" % self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()

    def decide(self, tools, results):
        """The calls to ask for, as (tool, arguments), or None when the script is at its end."""
        tool = next((tool for name in SHELLS for tool in tools if tool[0] == name), None)
        if tool is None:
            return None
        with self.lock:
            if len(results) > len(self.results):
                self.results = results
            done = 0
            for number, turn in enumerate(self.turns):
                if len(results) < done + len(turn):
                    if number and number not in self.told:
                        self.told.add(number)
                        if self.between:
                            self.between(number - 1, results[done - len(self.turns[number - 1]) : done])
                    return [(tool[0], arguments(tool[1], command)) for command in turn]
                done += len(turn)
        return None


def arguments(schema, command):
    """The arguments of a call, by the schema that the client declares."""
    known = (schema or {}).get("properties") or {}
    field = next((name for name in FIELDS if name in known), "command")
    kind = known.get(field, {}).get("type")
    is_list = "array" in kind if isinstance(kind, list) else kind in ("array", "ARRAY")
    given = {field: [command] if is_list else command}
    for name in (schema or {}).get("required") or []:
        given.setdefault(name, sample(known.get(name, {})))
    return given


def sample(schema):
    if "default" in schema:
        return schema["default"]
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    kind = next((one for one in kind if one != "null"), "") if isinstance(kind, list) else (kind or "string")
    return {"string": "run it", "integer": 1, "number": 1, "boolean": False, "array": [], "object": {}}.get(kind.lower())


def text(value):
    if isinstance(value, list):
        return "".join(text(one) for one in value)
    if isinstance(value, dict):
        known = next((name for name in ("text", "output", "content", "result", "error") if name in value), None)
        return text(value[known]) if known else json.dumps(value)
    return "" if value is None else str(value)


def handler(model):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def plain(self, value):
            data = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def events(self, values, end=None):
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("connection", "close")
            self.end_headers()
            self.close_connection = True
            for value in values:
                name = "event: %s\n" % value["type"] if "type" in value else ""
                self.wfile.write(("%sdata: %s\n\n" % (name, json.dumps(value))).encode())
            if end:
                self.wfile.write(("data: %s\n\n" % end).encode())
            self.wfile.flush()

        def do_HEAD(self):
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def do_GET(self):
            one = {"id": "scripted", "object": "model", "owned_by": "nobody", "created": 1}
            self.plain({"object": "list", "data": [one], "models": []})

        def do_POST(self):
            body = json.loads(self.body() or b"{}")
            path = self.path.split("?")[0]
            try:
                if path.endswith("/chat/completions"):
                    self.chat(body)
                elif path.endswith("/responses"):
                    self.answer_responses(body)
                elif path.endswith("/messages"):
                    self.messages(body)
                elif path.endswith(("count_tokens", ":countTokens")):
                    self.plain({"input_tokens": 9, "totalTokens": 9})
                elif path.endswith("enerateContent"):
                    self.gemini(body, "stream" in path)
                else:
                    self.plain({})
            except (BrokenPipeError, ConnectionResetError):
                pass

        def body(self):
            if self.headers.get("transfer-encoding", "").lower() != "chunked":
                data = self.rfile.read(int(self.headers.get("content-length") or 0))
            else:
                data = b""
                while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
                    data += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            if self.headers.get("content-encoding") == "gzip":
                import gzip

                data = gzip.decompress(data)
            return data

        def chat(self, body):
            functions = [tool.get("function") or {} for tool in body.get("tools") or []]
            tools = [(one.get("name"), one.get("parameters")) for one in functions]
            results = [text(one.get("content")) for one in body.get("messages") or [] if one.get("role") == "tool"]
            calls = model.decide(tools, results)
            if calls:
                made = [
                    {
                        "index": at,
                        "id": "call_%d_%d" % (len(results), at),
                        "type": "function",
                        "function": {"name": name, "arguments": json.dumps(given)},
                    }
                    for at, (name, given) in enumerate(calls)
                ]
                message, reason = {"role": "assistant", "content": None, "tool_calls": made}, "tool_calls"
            else:
                message, reason = {"role": "assistant", "content": "done"}, "stop"
            base = {"id": "chat", "created": int(time.time()), "model": "scripted"}
            usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
            if not body.get("stream"):
                choice = {"index": 0, "message": message, "finish_reason": reason}
                return self.plain({**base, "object": "chat.completion", "choices": [choice], "usage": usage})
            part = {**base, "object": "chat.completion.chunk"}
            first = {"index": 0, "delta": message, "finish_reason": None}
            last = {"index": 0, "delta": {}, "finish_reason": reason}
            return self.events([{**part, "choices": [first]}, {**part, "choices": [last], "usage": usage}], "[DONE]")

        def answer_responses(self, body):
            tools = []
            for tool in body.get("tools") or []:
                for one in tool.get("tools") or [tool]:
                    tools.append((one.get("name") or one.get("type"), one.get("parameters")))
            given = body.get("input") if isinstance(body.get("input"), list) else []
            results = [text(one.get("output")) for one in given if one.get("type", "").endswith("call_output")]
            calls = model.decide(tools, results)
            number = len(results)
            if calls:
                items = [
                    {
                        "type": "function_call",
                        "id": "fc_%d_%d" % (number, at),
                        "call_id": "call_%d_%d" % (number, at),
                        "name": name,
                        "arguments": json.dumps(args),
                        "status": "completed",
                    }
                    for at, (name, args) in enumerate(calls)
                ]
            else:
                content = [{"type": "output_text", "text": "done", "annotations": []}]
                said = {"type": "message", "id": "msg_%d" % number, "role": "assistant"}
                items = [{**said, "status": "completed", "content": content}]
            count = {"input_tokens": 9, "output_tokens": 9, "total_tokens": 18}
            count.update(input_tokens_details={"cached_tokens": 0}, output_tokens_details={"reasoning_tokens": 0})
            whole = {"id": "resp_%d" % number, "object": "response", "created_at": int(time.time()), "usage": count}
            whole.update(model="scripted", status="completed", output=items, error=None, tools=[], metadata={})
            if not body.get("stream"):
                return self.plain(whole)
            begun = {**whole, "status": "in_progress", "output": [], "usage": None}
            events = [{"type": "response.created", "response": begun}]
            for at, item in enumerate(items):
                events.append({"type": "response.output_item.added", "output_index": at, "item": item})
                events.append({"type": "response.output_item.done", "output_index": at, "item": item})
            events.append({"type": "response.completed", "response": whole})
            return self.events([{**event, "sequence_number": at} for at, event in enumerate(events)])

        def messages(self, body):
            tools = [(tool.get("name"), tool.get("input_schema")) for tool in body.get("tools") or []]
            parts = [part for one in body.get("messages") or [] if isinstance(one.get("content"), list) for part in one["content"]]
            results = [text(part.get("content")) for part in parts if part.get("type") == "tool_result"]
            calls = model.decide(tools, results)
            if calls:
                ids = ["toolu_%d_%d" % (len(results), at) for at in range(len(calls))]
                blocks = [
                    {"type": "tool_use", "id": ids[at], "name": name, "input": given}
                    for at, (name, given) in enumerate(calls)
                ]
            else:
                blocks = [{"type": "text", "text": "done"}]
            reason = "tool_use" if calls else "end_turn"
            usage = {"input_tokens": 9, "output_tokens": 9}
            whole = {"id": "msg", "type": "message", "role": "assistant", "model": "scripted", "stop_sequence": None}
            if not body.get("stream"):
                return self.plain({**whole, "content": blocks, "stop_reason": reason, "usage": usage})
            begun = {**whole, "content": [], "stop_reason": None, "usage": usage}
            events = [{"type": "message_start", "message": begun}]
            for at, block in enumerate(blocks):
                if calls:
                    empty = {**block, "input": {}}
                    delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
                else:
                    empty, delta = {"type": "text", "text": ""}, {"type": "text_delta", "text": block["text"]}
                events.append({"type": "content_block_start", "index": at, "content_block": empty})
                events.append({"type": "content_block_delta", "index": at, "delta": delta})
                events.append({"type": "content_block_stop", "index": at})
            end = {"stop_reason": reason, "stop_sequence": None}
            events.append({"type": "message_delta", "delta": end, "usage": {"output_tokens": 9}})
            return self.events(events + [{"type": "message_stop"}])

        def gemini(self, body, stream):
            functions = [one for tool in body.get("tools") or [] for one in tool.get("functionDeclarations") or []]
            tools = [(one.get("name"), one.get("parametersJsonSchema") or one.get("parameters")) for one in functions]
            parts = [part for one in body.get("contents") or [] for part in one.get("parts") or []]
            results = [text(part["functionResponse"].get("response")) for part in parts if part.get("functionResponse")]
            calls = model.decide(tools, results)
            settings = body.get("generationConfig") or {}
            if calls:
                said = [{"functionCall": {"name": name, "args": given}} for name, given in calls]
            elif settings.get("responseMimeType") == "application/json":
                wanted = settings.get("responseJsonSchema") or settings.get("responseSchema") or {}
                fields = wanted.get("properties") or {}
                said = [{"text": json.dumps({name: sample(fields[name]) for name in fields})}]
            else:
                said = [{"text": "done"}]
            answer = {"candidates": [{"index": 0, "content": {"role": "model", "parts": said}, "finishReason": "STOP"}]}
            answer["usageMetadata"] = {"promptTokenCount": 9, "candidatesTokenCount": 9, "totalTokenCount": 18}
            return self.events([answer]) if stream else self.plain(answer)

    return Handler


def ticket(said):
    """The ticket in what guard says of a held command."""
    found = re.search(r"guard approve ([A-Za-z0-9-]+)", said)
    return found and found.group(1)
