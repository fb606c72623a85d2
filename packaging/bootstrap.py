"""Set Margent up in a checkout: system libraries, virtual environment, llama.cpp, models. Run by the Makefile.

    python3.11 packaging/bootstrap.py check|test|setup|run

Needs nothing but the standard library. Every step leaves a stamp under .make/ that names what it was made from, so a
step is repeated when its lock file changes and skipped in milliseconds when not.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from jobs import MAKE, ROOT, Job, SetupFailed, run, say

VENV = ROOT / ".venv"
PACKAGING = ROOT / "packaging"
SAMPLES = ROOT / "resources" / "samples"

SEARCH_MODELS = ("bge-small-en-v1.5", "ms-marco-minilm-l-12-v2", "tessdata-eng")
TEST_MODEL = "smollm2-135m-instruct-q4_1"
ANSWER_MODEL = "qwen2.5-coder-1.5b-instruct-q4_k_m"
SAMPLE_QUESTION = "How much notice must the tenant give to end the lease early?"

LLAMA_WITHOUT = "-DLLAVA_BUILD=OFF"  # no model here looks at pictures; a sixth of the compiling
LLAMA_MINUTES = 5  # measured on 2 shared cores, Debian 12: 3.6 to 5 minutes

PROCESSOR_SWITCHES = {
    "AVX": {"avx"},
    "AVX2": {"avx2"},
    "FMA": {"fma"},
    "F16C": {"f16c"},
    "BMI2": {"bmi2"},
    "AVX512": {"avx512f", "avx512cd", "avx512vl", "avx512dq", "avx512bw"},
    "AVX512_VNNI": {"avx512_vnni"},
    "AVX512_VBMI": {"avx512vbmi"},
    "AVX512_BF16": {"avx512_bf16"},
}


# What is wanted, and is it there


def system_packages(text: str) -> dict[str, list[str]]:
    """Return the package names of `system-packages.txt` by group."""
    groups: dict[str, list[str]] = {}
    group = ""
    for line in (line.split("#")[0].strip() for line in text.splitlines()):
        if line.startswith("["):
            group = line.strip("[]")
            groups[group] = []
        elif line:
            groups[group].append(line)
    return groups


def key_of(files: Sequence[Path], *more: str) -> str:
    """Return a key of what a step is made from: the files' contents and any further words."""
    digest = hashlib.sha256()
    for part in (*(file.read_bytes() for file in files), *(word.encode() for word in more)):
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def is_done(step: str, key: str) -> bool:
    """Return whether a step's stamp says that it was made from the same things."""
    stamp = MAKE / f"{step}.stamp"
    return stamp.is_file() and stamp.read_text() == key


def set_done(step: str, key: str) -> None:
    """Leave a step's stamp."""
    (MAKE / f"{step}.stamp").write_text(key)


def has_display(environment: Mapping[str, str]) -> bool:
    """Return whether a window can be shown here."""
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def cuda_is_there() -> bool:
    """Return whether this computer has an NVIDIA GPU and the compiler for it."""
    return Path("/dev/nvidiactl").exists() and shutil.which("nvcc") is not None


# The steps, in their order


def pip(*arguments: str | Path) -> list[str | Path]:
    """Return a pip command of the virtual environment."""
    return [VENV / "bin" / "python", "-m", "pip", "--disable-pip-version-check", *arguments, "--quiet"]


def install_system_packages(groups: Sequence[str]) -> None:
    """Install the Debian packages that are missing when root, else say exactly what to install."""
    listed = system_packages((PACKAGING / "system-packages.txt").read_text())
    wanted = [name for group in groups for name in listed[group]]
    if shutil.which("dpkg-query") is None:
        if shutil.which("g++") is None:
            raise SetupFailed("no C++ compiler (g++) was found; install one, then try again")
        return
    if importlib.util.find_spec("ensurepip") is not None:
        wanted.remove("python3-venv")  # this Python brings its own
    query = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\\n", *wanted]
    shown = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    present = {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}
    missing = [name for name in wanted if name not in present]
    if not missing:
        return
    if os.geteuid() != 0:
        raise SetupFailed(f"system packages are missing; run: sudo apt-get install --yes {' '.join(missing)}")
    apt = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("Reading the list of system packages", ["apt-get", "update"], apt)
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    run(f"Installing {len(missing)} system packages", command, apt)


def make_venv() -> None:
    """Make the virtual environment unless there is a working one."""
    python = VENV / "bin" / "python"
    if (
        python.exists()
        and subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    ):
        return
    for stamp in MAKE.glob("*.stamp"):
        stamp.unlink()
    run("Making the virtual environment .venv", [sys.executable, "-m", "venv", "--clear", VENV])


def install_requirements(name: str, title: str) -> None:
    """Install a lock file of `packaging/`, every file checked against its hash."""
    lock = PACKAGING / f"{name}.txt"
    key = key_of([lock])
    if not is_done(name, key):
        run(title, pip("install", "--require-hashes", "-r", lock))
        set_done(name, key)


def install_margent() -> None:
    """Install this checkout itself, in place."""
    key = key_of([ROOT / "pyproject.toml"])
    if not is_done("margent", key):
        run("Installing Margent", pip("install", "--no-build-isolation", "--no-deps", "-e", ROOT))
        set_done("margent", key)


def processor_flags() -> frozenset[str]:
    """Return what the processor can do, in the kernel's words; nothing where it does not say."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line for line in lines if line.startswith("flags")), "").split())


def llama_options(flags: frozenset[str], *, cuda: bool) -> str:
    """Return how llama.cpp is compiled: every switch by name, so that a kept wheel is known by what it needs.

    Not `-march=native`: on a Sapphire Rapids that brings AMX, with which it crashed in its first matrix product
    (0.3.36, a virtual machine, November 2026). AVX-512 reads a prompt 1.3 to 2 times as fast as AVX2 there.
    """
    options = ["-DLLAVA_BUILD=OFF", f"-DGGML_CUDA={'ON' if cuda else 'OFF'}"]
    if "sse2" in flags:  # x86-64
        options.append("-DGGML_NATIVE=OFF")
        for switch, needed in PROCESSOR_SWITCHES.items():
            options.append(f"-DGGML_{switch}={'ON' if needed <= flags else 'OFF'}")
    return " ".join(options)


def wheel_store(key: str) -> Path:
    """Return where a compiled llama.cpp is kept between checkouts; pip's own cache knows nothing of its options."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "margent" / "wheels" / key[:16]


@contextmanager
def llama_being_built() -> Generator[Callable[[], None]]:
    """Compile llama.cpp in the background; the function yielded waits for it and installs it."""
    lock = PACKAGING / "requirements-llama.txt"
    options = llama_options(processor_flags(), cuda=cuda_is_there())
    key = key_of([lock], options)
    if is_done("llama", key):
        yield lambda: None
        return
    store = wheel_store(key)
    install = pip("install", "--force-reinstall", "--no-deps", "--no-index")
    if any(store.glob("*.whl")):
        yield lambda: _install_llama(install, store, key)
        return
    wheels = MAKE / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "CMAKE_ARGS": options}
    flags = ("--no-cache-dir", "--no-build-isolation", "--no-deps", "--require-hashes")
    say(f"Compiling llama.cpp in the background: about {LLAMA_MINUTES} minutes on 2 cores, seconds the second time")
    job = Job.start("Compiling llama.cpp", pip("wheel", *flags, "-w", wheels, "-r", lock), environment)

    def finish() -> None:
        job.wait()
        store.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(store, ignore_errors=True)
        shutil.move(wheels, store)
        _install_llama(install, store, key)

    try:
        yield finish
    finally:
        job.stop()


def _install_llama(install: list[str | Path], store: Path, key: str) -> None:
    run("Installing llama.cpp", [*install, *store.glob("*.whl")])
    set_done("llama", key)


# What the Makefile asks for


def margent(*arguments: str | Path) -> list[str | Path]:
    """Return a command of Margent itself."""
    return [VENV / "bin" / "margent", *arguments]


def fetch(*models: str) -> None:
    """Fetch models that are not there yet."""
    say(f"Fetching models unless they are there: {', '.join(models)}")
    call(margent("models", "get", *models), quiet=True)


def call(command: Sequence[str | Path], *, quiet: bool = False) -> None:
    """Run a command in the open; `quiet` drops its result, not what it says beside.

    Raises:
        SetupFailed: it failed; it has said why itself.
    """
    output = subprocess.DEVNULL if quiet else None
    status = subprocess.run(command, cwd=ROOT, check=False, stdout=output).returncode
    if status:
        raise SetupFailed(f"`{' '.join(map(str, command))}` ended with exit status {status}")


@contextmanager
def _alone() -> Generator[None]:
    """Let only one make at a time set this checkout up."""
    MAKE.mkdir(exist_ok=True)
    with (MAKE / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another make that sets this checkout up")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def prepared(groups: Sequence[str], *, dev: bool) -> Generator[Callable[[], None]]:
    """Have everything but llama.cpp and the models; the function yielded completes llama.cpp."""
    with _alone():
        install_system_packages(groups)
        make_venv()
        install_requirements("requirements-build", "Installing build tools")
        with llama_being_built() as finish_llama:
            install_requirements("requirements", "Installing Python packages")
            if dev:
                install_requirements("requirements-dev", "Installing the developer's tools")
            install_margent()
            yield finish_llama


def check() -> None:
    """Prepare for `make check`: everything that is imported must be there to be checked."""
    with prepared(["build"], dev=True) as finish_llama:
        finish_llama()


def test() -> None:
    """Prepare for `make test`."""
    with prepared(["build", "qt-offscreen"], dev=True) as finish_llama:
        fetch(*SEARCH_MODELS, TEST_MODEL)
        finish_llama()


def setup() -> None:
    """Install everything and fetch the starter models."""
    with prepared(["build", "qt-offscreen", "qt-window"], dev=True) as finish_llama:
        fetch(*SEARCH_MODELS, ANSWER_MODEL)
        finish_llama()
    say("Ready: .venv/bin/margent opens the window, .venv/bin/margent --help lists the commands")


def main_job() -> None:
    """Do the main job on the sample library: in a window where there is a display, else in the terminal."""
    library = ("--data-dir", MAKE / "sample-library")
    if not has_display(os.environ):
        with prepared(["build"], dev=False) as finish_llama:
            fetch(*SEARCH_MODELS, ANSWER_MODEL)
            call(margent("index", SAMPLES, *library))
            finish_llama()
        print(f"\n$ margent ask “{SAMPLE_QUESTION}”", flush=True)
        call(margent("ask", SAMPLE_QUESTION, *library))
        return
    with prepared(["build", "qt-offscreen", "qt-window"], dev=False) as finish_llama:
        fetch(*SEARCH_MODELS)
        call(margent("index", SAMPLES, *library))
        say("Opening the window on the sample library; answers follow when llama.cpp and the model are there")
        window = subprocess.Popen(margent(*library), cwd=ROOT)
        try:
            fetch(ANSWER_MODEL)
            finish_llama()
        except SetupFailed as failure:
            say(f"{failure}; the window searches meanwhile")
    if window.wait():
        raise SetupFailed(f"the window ended with exit status {window.returncode}")


def main(arguments: Sequence[str]) -> int:
    """Do what the Makefile asks for; return the exit status."""
    goals: dict[str, Callable[[], None]] = {"check": check, "test": test, "setup": setup, "run": main_job}
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what was started is stopped, too
    try:
        if sys.version_info[:2] != (3, 11):
            raise SetupFailed(
                f"python3.11 is needed, this is {sys.version.split()[0]}; try: make PYTHON=/usr/bin/python3.11"
            )
        goals[arguments[0]]()
    except SetupFailed as failure:
        print(f"margent: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nmargent: stopped; what was done stays done", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
