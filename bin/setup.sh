# Sourced by bin/demo and bin/test: a virtual environment with what is pinned, and the system libraries
# named in `needs_library` and `needs_program`. Safe to run again; does nothing when all is there.

cd "$(dirname "${BASH_SOURCE[0]}")/.."
PYTHON="${PYTHON:-python3}"
VENV=.venv
missing_packages=()

say() { printf '%s\n' "$*" >&2; }

# needs_library soname-prefix debian-package: asked of the loader's own cache, as WeasyPrint will ask.
# The whole answer is read before it is searched: a search that ends early would make ldconfig fail in its pipe.
needs_library() {
    local known
    known="$(ldconfig -p 2>/dev/null || /sbin/ldconfig -p)" || known=""
    [[ "$known" == *"$1"* ]] || missing_packages+=("$2")
}

needs_program() {
    command -v "$1" >/dev/null 2>&1 || missing_packages+=("$2")
}

needs_file() {
    [ -e "$1" ] || missing_packages+=("$2")
}

# Install what is missing, as root or through sudo; otherwise say in one line what to install, and stop.
install_missing() {
    [ ${#missing_packages[@]} -eq 0 ] && return 0
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
            as_root=(sudo)
        else
            say "Missing system packages; as root, run: apt-get install -y ${missing_packages[*]}"
            exit 3
        fi
    fi
    if ! command -v apt-get >/dev/null 2>&1; then
        say "Missing system packages (Debian names), install them first: ${missing_packages[*]}"
        exit 3
    fi
    say "Installing: ${missing_packages[*]}"
    local log
    log="$(mktemp)"
    if ! {
        "${as_root[@]}" apt-get update -qq &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
                "${missing_packages[@]}"
    } </dev/null >"$log" 2>&1; then
        cat "$log" >&2
        say "apt-get could not install: ${missing_packages[*]}"
        exit 3
    fi
    rm -f "$log"
    missing_packages=()
}

# python_environment requirements-file: made once, brought up to date when the pins change.
python_environment() {
    local pins
    pins="$(sha256sum requirements*.txt | sha256sum)" # they name each other
    # An environment that was moved with its folder points at the old place: it is made anew.
    if [ ! -x "$VENV/bin/python" ] || ! "$VENV/bin/python" -c '' 2>/dev/null; then
        if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            say "Python 3.11 or newer is needed; $PYTHON is $("$PYTHON" --version 2>&1)."
            exit 3
        fi
        rm -rf "$VENV"
        "$PYTHON" -m venv "$VENV" || { say "As root, run: apt-get install -y python3-venv"; exit 3; }
    fi
    if ! grep -qsxF "$pins" "$VENV/pins-${1%.txt}"; then
        say "Installing the Python packages of $1 ..."
        "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check -r "$1"
        printf '%s\n' "$pins" >"$VENV/pins-${1%.txt}"
    fi
}

needs_pdf_libraries() {
    needs_library libpango-1.0.so.0 libpango-1.0-0
    needs_library libpangoft2-1.0.so.0 libpangoft2-1.0-0
    # Without it the same packet takes three to eleven times as long.
    needs_library libharfbuzz-subset.so.0 libharfbuzz-subset0
}
