"""What is in the Debian 12 guest, as data: its packages, its own files, the units it does without.

The guest gets its name, account, keys, address and data volume from cloud-init at its first boot; nothing of
that is in the image, so one image serves every machine.  What is left out shortens the first boot, which costs
a minute where there is no hardware virtualisation.
"""

NAME = "debian-12"
SUITE = "bookworm"
VIRTUAL_MIB = 2048
# The one port is called eth0, so that the file that cloud-init writes for it has a name known beforehand.
CMDLINE = "root=LABEL=root rw console=ttyS0 loglevel=4 panic=5 random.trust_cpu=on net.ifnames=0"

PACKAGES = (
    "cloud-init",
    "dbus",
    "e2fsprogs",
    "iproute2",
    "iputils-ping",
    "linux-image-cloud-amd64",
    "nftables",
    "openssh-server",
    "procps",
    "python3",
    "python3-apt",
    "sudo",
    "systemd-resolved",
    "systemd-sysv",
    "tzdata",
    "udev",
)

# Written before the kernel is installed: the initial RAM disk holds the drivers of a virtual machine only.
EARLY_FILES = {
    "etc/initramfs-tools/conf.d/jiyun": "MODULES=list\nRESUME=none\n",
    "etc/initramfs-tools/hooks/jiyun": (
        "#!/bin/sh\n"
        '[ "$1" = prereqs ] && exit 0\n'
        ". /usr/share/initramfs-tools/hook-functions\n"
        "manual_add_modules virtio_pci virtio_blk\n"
    ),
}

_CLOUD_CONFIG = """\
# Jiyun's guests: one data source, one network renderer, only the modules that their seed speaks to.
datasource_list: [NoCloud]
system_info:
  network:
    renderers: [networkd]
    activators: [networkd]
resize_rootfs: noblock
apt_preserve_sources_list: true
cloud_init_modules:
  - disk_setup
  - mounts
  - set_hostname
  - update_hostname
  - update_etc_hosts
  - resizefs
  - timezone
  - users-groups
  - ssh
cloud_config_modules: []
cloud_final_modules: []
"""

FILES = {
    "etc/cloud/cloud.cfg.d/90_jiyun.cfg": _CLOUD_CONFIG,
    "etc/fstab": "LABEL=root / ext4 errors=remount-ro 0 1\n",
    # cloud-init's networkd renderer drops "accept-ra": a neighbour could make himself the router.
    "etc/systemd/network/10-cloud-init-eth0.network.d/jiyun.conf": "[Network]\nIPv6AcceptRA=no\nLLMNR=no\nMulticastDNS=no\n",
    "etc/machine-id": "",  # empty: every guest makes its own
    # The host that built the image lends its own names and package sources for the time of the build only.
    "etc/apt/sources.list": "",
}
LINKS = {
    "etc/systemd/system/default.target": "/lib/systemd/system/multi-user.target",
    "etc/resolv.conf": "../run/systemd/resolve/stub-resolv.conf",
    "etc/systemd/system/multi-user.target.wants/systemd-networkd.service": "/lib/systemd/system/systemd-networkd.service",
    "etc/systemd/system/network-online.target.wants/systemd-networkd-wait-online.service": (
        "/lib/systemd/system/systemd-networkd-wait-online.service"
    ),
}
# Glob patterns of what the installation left that no guest may share or needs.
REMOVED = ("etc/ssh/ssh_host_*", "etc/hostname", "etc/apt/apt.conf.d/99mmdebstrap", "var/log/*.log", "var/log/apt/*")
MASKED = (
    "apt-daily-upgrade.timer",
    "apt-daily.timer",
    "cloud-config.service",
    "dev-hugepages.mount",
    "dpkg-db-backup.timer",
    "e2scrub_all.timer",
    "e2scrub_reap.service",
    "fstrim.timer",
    "getty@tty1.service",
    "modprobe@configfs.service",
    "modprobe@dm_mod.service",
    "modprobe@drm.service",
    "modprobe@efi_pstore.service",
    "modprobe@fuse.service",
    "modprobe@loop.service",
    "sys-kernel-debug.mount",
    "sys-kernel-tracing.mount",
    "systemd-binfmt.service",
    "systemd-hwdb-update.service",
    "systemd-pcrphase-sysinit.service",
    "systemd-pcrphase.service",
)
# Kept out when packages are unpacked; the licence texts stay.
DPKG_OPTIONS = (
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/locale/*",
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
)
