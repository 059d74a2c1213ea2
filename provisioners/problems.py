"""What can go wrong outside the program: hypervisor, storage, images, SSH, Ansible."""

from jiyun.errors import Exit, kind

UNREACHABLE = kind(
    "host.unreachable",
    Exit.EXTERNAL,
    en="Host {host} does not answer at {uri}: {reason}. Start its libvirtd, or mark the host as out of "
    "service; then repeat the command.",
    zh="主机 {host}（{uri}）无响应：{reason}。请启动其 libvirtd 或将其标记为停用，然后重试。",
)
LIBVIRT_FAILED = kind(
    "host.libvirt-failed",
    Exit.EXTERNAL,
    en="libvirt on host {host} refused to {action}: {reason}. Nothing was lost; repeat the command to go on from here.",
    zh="主机 {host} 上的 libvirt 无法执行“{action}”：{reason}。没有丢失任何内容；重试即可从此处继续。",
)
NOT_OURS = kind(
    "provision.not-ours",
    Exit.CONFLICT,
    en="{what} {name} exists on host {host} but does not belong to this order; it was not touched. Remove "
    "or rename it, then repeat.",
    zh="主机 {host} 上已存在 {what} {name}，但不属于本申请；未作任何改动。请移除或改名后重试。",
)
POOL_FULL = kind(
    "pool.full",
    Exit.EXTERNAL,
    en="Storage pool {pool} on host {host} is full: {name} could not be written ({reason}). Free space there, then repeat.",
    zh="主机 {host} 的存储池 {pool} 已满：无法写入 {name}（{reason}）。请腾出空间后重试。",
)
KVM_UNUSABLE = kind(
    "host.kvm-unusable",
    Exit.EXTERNAL,
    en="Host {host} is set to kvm but a test guest did not run there: {reason}. Set its virtualisation to qemu or auto.",
    zh="主机 {host} 设为 kvm，但测试虚机未能运行：{reason}。请将其虚拟化类型改为 qemu 或 auto。",
)
CHECKSUM = kind(
    "image.checksum",
    Exit.EXTERNAL,
    en="{file} has SHA-256 {actual}, expected {expected}; the file was not taken. Fetch it again from a source you trust.",
    zh="{file} 的 SHA-256 为 {actual}，应为 {expected}；未导入该文件。请从可信来源重新获取。",
)
IMAGE_GONE = kind(
    "image.missing",
    Exit.EXTERNAL,
    en="The image's {role} is not in the cache ({file}). Build or import the image again, then repeat.",
    zh="镜像的 {role} 部分不在缓存中（{file}）。请重新构建或导入该镜像，然后重试。",
)
IMAGE_FILE = kind(
    "image.unreadable",
    Exit.USAGE,
    en="{file} cannot be used as an image: {reason}.",
    zh="{file} 不能用作镜像：{reason}。",
)
IMAGE_BUILD = kind(
    "image.build-failed",
    Exit.EXTERNAL,
    en="Building image {name} failed at {stage}: {reason}. Nothing was kept; the log is {log}.",
    zh="构建镜像 {name} 在 {stage} 阶段失败：{reason}。未保留任何内容；日志见 {log}。",
)
SSH_TIMEOUT = kind(
    "guest.ssh-timeout",
    Exit.EXTERNAL,
    en="{host} did not answer SSH at {address} within {seconds} s ({reason}). Look at `jiyun vm console "
    "--log {machine}`, then repeat.",
    zh="{host}（{address}）在 {seconds} 秒内未响应 SSH（{reason}）。请查看 `jiyun vm console --log {machine}` 后重试。",
)
SSH_HOST_KEY = kind(
    "guest.host-key-mismatch",
    Exit.EXTERNAL,
    en="{host} at {address} shows SSH host key {actual}, not the one made for it ({expected}); no login was tried.",
    zh="{host}（{address}）出示的 SSH 主机密钥为 {actual}，与为其生成的 {expected} 不符；未尝试登录。",
)
SSH_FAILED = kind(
    "guest.ssh-failed",
    Exit.EXTERNAL,
    en="SSH to {host} at {address} failed: {reason}.",
    zh="SSH 连接 {host}（{address}）失败：{reason}。",
)
PLAYBOOK_FAILED = kind(
    "guest.playbook-failed",
    Exit.EXTERNAL,
    en="Playbook {playbook} failed on {host} at task {task!r}: {reason}. The job record is {job}; repeat "
    "the command to run it again.",
    zh="剧本 {playbook} 在 {host} 的任务 {task!r} 失败：{reason}。作业记录：{job}；重试即可再次运行。",
)
GUARD_FAILED = kind(
    "host.guard-failed",
    Exit.EXTERNAL,
    en="The port guard of host {host} could not be changed: {reason}. Nothing was started without it.",
    zh="无法修改主机 {host} 的端口防护：{reason}。未在无防护的情况下启动任何虚机。",
)
TOOL_MISSING = kind(
    "host.tool-missing",
    Exit.EXTERNAL,
    en="The program {tool} is not installed; install the package {package}.",
    zh="未安装程序 {tool}；请安装软件包 {package}。",
)
SECRET_UNSAFE = kind(
    "secret.unsafe",
    Exit.POLICY,
    en="The secret file {path} cannot be used: {reason}. It must be a regular file that only its owner can read (chmod 600).",
    zh="无法使用机密文件 {path}：{reason}。它必须是仅所有者可读的普通文件（chmod 600）。",
)
