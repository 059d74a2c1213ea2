# Sourced by ./dev: speech, root, and what the machine's package manager must bring.

FOR_DEMO="libvirt-daemon-system libvirt-daemon-driver-qemu libvirt-clients libvirt-dev qemu-system-x86 qemu-utils
    dnsmasq-base iptables nftables iproute2 mmdebstrap debian-archive-keyring busybox-static dropbear-bin
    openssh-client e2fsprogs cpio zstd tzdata util-linux gcc libc6-dev pkg-config"
FOR_TEST="postgresql openssh-server"

case ${JIYUN_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in
    zh* | ZH*) CHINESE=1 ;;
    *) CHINESE= ;;
esac

t() { # t ENGLISH CHINESE: print the one that the caller reads
    if [ -n "$CHINESE" ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi
}

fail() { # fail ENGLISH CHINESE
    t "$@" >&2
    exit 1
}

SUDO_HINT=
[ "$(id -u)" = 0 ] || SUDO_HINT="sudo -E "

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "This step needs root, and there is no sudo: run ./dev as root." "此步骤需要 root 权限，而系统没有 sudo：请以 root 运行 ./dev。"
    fi
}

as_root_python() { # sudo drops the environment; bytecode is already compiled, and must not be written as root
    as_root env LC_ALL=C.UTF-8 PATH="$PATH:/usr/sbin:/sbin" JIYUN_HOME="$HOME_OF_DEMO" ${JIYUN_LANG:+JIYUN_LANG="$JIYUN_LANG"} \
        PYTHONDONTWRITEBYTECODE=1 "$ROOT/.venv/bin/python" "$@"
}

not_installed() { # those of its arguments that dpkg does not know as installed
    present=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null | awk '$1 ~ /^.i/ { print $2 }')
    for package in "$@"; do
        printf '%s\n' "$present" | grep -qx -- "$package" || printf '%s ' "$package"
    done
}

offered() { # those of its arguments that the package lists offer
    apt-cache show --no-all-versions "$@" 2>/dev/null | awk '/^Package:/ { printf "%s ", $2 }'
}

split_drivers() { # newer releases cut these out of the daemon's own package; older ones do not know them
    for driver in network storage; do
        set -- /usr/lib/*/libvirt/connection-driver/libvirt_driver_$driver.so
        [ -e "$1" ] || offered "libvirt-daemon-driver-$driver"
    done
    [ -x /usr/sbin/virtlogd ] || offered libvirt-daemon-log
}

install_packages() { # install_packages demo|test
    [ -z "${JIYUN_NO_APT:-}" ] || return 0
    command -v apt-get >/dev/null || fail \
        "This machine has no apt-get. Install libvirt, QEMU, nftables, mmdebstrap, gcc and the libvirt headers by its own means, then run JIYUN_NO_APT=1 ./dev …" \
        "本机没有 apt-get。请用系统自己的方式安装 libvirt、QEMU、nftables、mmdebstrap、gcc 与 libvirt 头文件，然后运行 JIYUN_NO_APT=1 ./dev …"
    wanted=$FOR_DEMO
    [ "$1" = demo ] || wanted="$wanted $FOR_TEST"
    # shellcheck disable=SC2046,SC2086 # lists of names are split on purpose
    missing=$(not_installed $wanted $(python_packages) $(split_drivers))
    [ -n "$missing" ] || return 0
    t "Debian packages to install (with what they depend on): $missing" "将安装下列系统软件包（及其依赖）：$missing"
    as_root apt-get update -qq
    # shellcheck disable=SC2046,SC2086
    missing=$(not_installed $wanted $(python_packages) $(split_drivers))
    case " $missing " in *" postgresql "*) no_cluster ;; esac
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing; then
        cluster_again
        fail "apt-get could not install: $missing" "apt-get 未能安装：$missing"
    fi
    cluster_again
    case " $missing " in *" openssh-server "*) no_login_service ;; esac
}

# The tests make a PostgreSQL cluster of their own: while the package is installed it is told to make none.
CLUSTER_RULE=/etc/postgresql-common/createcluster.d/jiyun-dev.conf
no_cluster() {
    as_root mkdir -p "${CLUSTER_RULE%/*}"
    printf 'create_main_cluster = false\n' | as_root tee "$CLUSTER_RULE" >/dev/null
}
cluster_again() { [ ! -e "$CLUSTER_RULE" ] || as_root rm -f "$CLUSTER_RULE"; }

# The tests need sshd's program inside their own namespaces; a login service for the whole network is not ours to open.
no_login_service() {
    [ -d /run/systemd/system ] || return 0
    as_root systemctl disable --now --quiet ssh.service ssh.socket 2>/dev/null || return 0
    t "openssh-server was installed for its program only: its service is switched off." "openssh-server 只用其程序：其服务已关闭。"
}
