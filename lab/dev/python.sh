# Sourced by ./dev: a Python, the virtual environment, and what stands in it.

OLDEST='import sys; sys.exit(sys.version_info < (3, 11))'
READY='import ensurepip, os, sys, sysconfig; sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))'
PACKAGES="jiyun tenants quotas orders inventory consolidation ledger operations provisioners workflows cli lab bench"

pythons() { # every Python on this machine that is new enough, best guess first
    for name in ${JIYUN_PYTHON:-python3 /usr/bin/python3 python3.13 python3.12 python3.11 python3.14}; do
        "$name" -c "$OLDEST" 2>/dev/null && "$name" -c 'import sys; print(sys.executable)'
    done
    return 0
}

ready_python() { # the first that can make a virtual environment and has its headers
    for name in $(pythons); do
        if "$name" -c "$READY" 2>/dev/null; then
            printf '%s\n' "$name"
            return
        fi
    done
}

python_packages() { # the Debian packages that make a Python ready; nothing where one is ready already
    [ ! -e .venv/bin/pip ] && [ -z "$(ready_python)" ] || return 0
    for name in $(pythons); do
        case $name in /usr/bin/*)
            "$name" -c 'import sys; v = "python%d.%d" % sys.version_info[:2]; print(v + "-venv", v + "-dev")'
            return ;;
        esac
    done
    for version in 3.13 3.12 3.11; do
        if [ -n "$(offered "python$version")" ]; then
            printf 'python%s python%s-venv python%s-dev\n' "$version" "$version" "$version"
            return
        fi
    done
}

pip() { # quiet, never asking, by hash only; JIYUN_WHEELHOUSE serves machines without a network
    .venv/bin/python -m pip --quiet --quiet --disable-pip-version-check --no-input install --no-deps \
        ${JIYUN_WHEELHOUSE:+--no-index --find-links "$JIYUN_WHEELHOUSE"} "$@"
}

locks() { # the lock files of a kind of set-up
    if [ "$1" = demo ]; then echo base build; else echo base build postgres dev; fi
}

fingerprint() { # of all that decides what stands in .venv
    kind=$1
    files="pyproject.toml requirements/libvirt.lock"
    for lock in $(locks "$kind"); do files="$files requirements/$lock.lock"; done
    # shellcheck disable=SC2086 # file names of our own, without spaces
    { sha256sum $files && printf '%s\n' "$ROOT" && .venv/bin/python -VV; } 2>&1 | sha256sum | cut -d ' ' -f 1
}

up_to_date() { # what the tests need contains what the demo needs
    for kind in "$1" test; do
        [ "$(cat ".venv/.jiyun-$kind" 2>/dev/null)" = "$(fingerprint "$kind")" ] && return 0
    done
    return 1
}

make_environment() { # make_environment demo|test
    kind=$1
    python=$(ready_python)
    [ -n "$python" ] || fail \
        "No Python 3.11 or newer with venv and headers was found. Install one (for example: apt-get install python3.11 python3.11-venv python3.11-dev), or name one: JIYUN_PYTHON=/path/to/python3 ./dev …" \
        "没有找到带 venv 和头文件的 Python 3.11 或更新版本。请安装（例如 apt-get install python3.11 python3.11-venv python3.11-dev），或指定：JIYUN_PYTHON=/path/to/python3 ./dev …"
    # The programs in it name its folder, so a checkout that was moved or copied needs a new one.
    if [ "$(cat .venv/.jiyun-root 2>/dev/null)" != "$ROOT" ] || ! .venv/bin/python -c "$OLDEST" 2>/dev/null; then
        t "Making .venv with $python" "用 $python 创建 .venv"
        "$python" -m venv --clear .venv
        printf '%s\n' "$ROOT" >.venv/.jiyun-root
    fi
    t "Installing Python packages by hash: $(locks "$kind")" "按哈希安装 Python 包：$(locks "$kind")"
    requirements=
    for lock in $(locks "$kind"); do requirements="$requirements -r requirements/$lock.lock"; done
    # shellcheck disable=SC2086 # a list of options
    pip --require-hashes --only-binary :all: $requirements
    t "Building libvirt-python against this machine's libvirt" "针对本机的 libvirt 构建 libvirt-python"
    pip --require-hashes --no-build-isolation -r requirements/libvirt.lock
    pip --no-build-isolation --no-index --editable .
    compile_bytecode -j 0 .venv/lib
    fingerprint "$kind" >".venv/.jiyun-$kind"
}

compile_bytecode() { # explicitly, since the caller may have told Python to write none, and start-up then costs twice as much
    # shellcheck disable=SC2086 # a list of folders
    env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -m compileall -q "$@" >/dev/null 2>&1 || return 0
}

set_up() { # set_up demo|test: nothing to do, nothing said
    case $1 in demo | test) ;; *) usage >&2; exit 2 ;; esac
    install_packages "$1"
    up_to_date "$1" || make_environment "$1"
    # shellcheck disable=SC2086 # a list of folders
    compile_bytecode $PACKAGES
}
