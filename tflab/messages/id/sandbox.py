"""Indonesian: isolation and permissions (keys ``sandbox.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "sandbox.protected.is": "merupakan {what}",
    "sandbox.protected.contains": "memuat {what}",
    "sandbox.protected.inside": "merupakan bagian dari {what}",
    "sandbox.protected.home": "folder home Anda",
    "sandbox.protected.temporary": "folder sementara sistem",
    "sandbox.protected.environment": "lingkungan Python",
    "sandbox.protected.code": "kode tflab sendiri",
    "sandbox.protected.state": "catatan yang disimpan tflab untuk Anda",
    "sandbox.note.only_file": (
        "Dari {folder}, yang {reason}, hanya {file} yang dibaca dan tidak ada yang ditulis;"
        " --allow-read {folder} atau --allow-write {folder} membukanya."
    ),
    "sandbox.note.not_read": (
        "Dari {folder}, yang {reason}, hanya {file} yang dibaca; --allow-read {folder} membukanya."
    ),
    "sandbox.note.not_written": (
        "Tidak ada yang ditulis di {folder}, yang {reason}; --allow-write {folder} membukanya."
    ),
    "sandbox.note.foreign": (
        "{folder} milik pengguna lain, sedangkan sesi yang dijalankan root melepas hak root:"
        " sesi tidak bisa menulis di sana (--no-sandbox mempertahankan hak itu)."
    ),
    "sandbox.opened_by_permission": "dibuka lewat izin",
    "sandbox.missing.limits": "memori dan ukuran berkas tidak dibatasi",
    "sandbox.missing.files-read": "berkas lain masih bisa dibaca",
    "sandbox.missing.files-write": "berkas lain masih bisa ditulisi",
    "sandbox.missing.network": "jaringan terbuka",
    "sandbox.missing.memory": "memori proses lain bisa dibaca",
    "sandbox.missing.privileges": "hak administrator sistem masih dipegang",
    "sandbox.missing.descriptors": "berkas milik lab terbuka di dalam sesi",
    "sandbox.missing.environment": "variabel lingkungan bocor ke dalam sesi",
    "sandbox.missing.signals": "proses lain bisa dikirimi sinyal",
    "sandbox.missing.metadata": "waktu dan mode berkas lain bisa diubah",
    "sandbox.missing.kernel": "bagian kernel yang jarang dipakai masih terjangkau",
    "sandbox.means.limits": (
        "sesi tidak bisa memakai memori jauh di atas batasnya, memenuhi disk, atau meninggalkan salinan memori"
    ),
    "sandbox.means.files-read": "sesi hanya membaca yang diberikan kepadanya, bukan berkas Anda yang lain",
    "sandbox.means.files-write": "sesi hanya menulis di tempat yang diizinkan; berkas Anda yang lain tidak berubah",
    "sandbox.means.network": "tidak ada jaringan, termasuk layanan di mesin ini sendiri",
    "sandbox.means.memory": "memori program Anda yang lain tidak bisa dibaca",
    "sandbox.means.privileges": "tidak ada hak administrator, dan tidak ada program yang bisa mengembalikannya",
    "sandbox.means.descriptors": "apa pun yang dibuka lab tidak ikut terbuka di dalam sesi",
    "sandbox.means.environment": (
        "hanya variabel lingkungan yang tidak berbahaya yang masuk: tanpa token, tanpa kata sandi"
    ),
    "sandbox.means.signals": "program Anda yang lain tidak bisa dihentikan atau diakhiri",
    "sandbox.means.metadata": "mode, pemilik, dan waktu berkas Anda yang lain tidak bisa diubah",
    "sandbox.means.kernel": "bagian kernel yang jarang dipakai tertutup",
    "sandbox.means.private-temporary": "/tmp milik sesi sendiri: kode yang menulis langsung ke /tmp tetap jalan",
    "sandbox.means.shared-memory": "/dev/shm milik sesi sendiri: multiprocessing.shared_memory jalan",
    "sandbox.better.limits": "Batas keras pengguna ini menghalangi (ulimit -aH), atau sistem ini bukan Linux.",
    "sandbox.better.files-read": (
        "Perlu Landlock: Linux 5.13 atau lebih baru dengan landlock di lsm= pada baris perintah kernel; di WSL2"
        " jalankan wsl --update; di dalam kontainer pakai runtime yang mengizinkannya (Docker 23 atau lebih baru)."
    ),
    "sandbox.better.files-write": (
        "Perlu Landlock: Linux 5.13 atau lebih baru dengan landlock di lsm= pada baris perintah kernel; di WSL2"
        " jalankan wsl --update; di dalam kontainer pakai runtime yang mengizinkannya (Docker 23 atau lebih baru)."
    ),
    "sandbox.better.network": "Perlu seccomp: kernel Linux dengan CONFIG_SECCOMP_FILTER, di x86_64 atau aarch64.",
    "sandbox.better.memory": "Perlu Landlock (Linux 5.13 atau lebih baru) dan seccomp.",
    "sandbox.better.privileges": "Perlu Linux; sedapat mungkin jangan menjalankan tflab sebagai root.",
    "sandbox.better.descriptors": "Mohon laporkan: tflab seharusnya sudah menutupnya.",
    "sandbox.better.environment": "Mohon laporkan: tflab seharusnya tidak meneruskannya.",
    "sandbox.better.signals": "Perlu Landlock 6: Linux 6.12 atau lebih baru.",
    "sandbox.better.metadata": "Perlu user namespace, atau seccomp.",
    "sandbox.better.kernel": "Perlu seccomp: kernel Linux dengan CONFIG_SECCOMP_FILTER, di x86_64 atau aarch64.",
    "sandbox.better.private-temporary": (
        "Perlu user namespace untuk semua pengguna: di Ubuntu sysctl"
        " kernel.apparmor_restrict_unprivileged_userns=0, di Debian kernel.unprivileged_userns_clone=1; di dalam"
        " kontainer profil seccomp yang mengizinkan unshare dan mount."
    ),
    "sandbox.better.shared-memory": (
        "Perlu user namespace untuk semua pengguna: di Ubuntu sysctl"
        " kernel.apparmor_restrict_unprivileged_userns=0, di Debian kernel.unprivileged_userns_clone=1; di dalam"
        " kontainer profil seccomp yang mengizinkan unshare dan mount."
    ),
    "sandbox.level.none": "tidak ada yang ditahan; jalankan hanya kode yang Anda percaya",
    "sandbox.level.limits": "hanya memori dan ukuran berkas yang dibatasi; jalankan hanya kode yang Anda percaya",
    "sandbox.level.files": "berkas Anda terlindung; jaringan atau program lain tidak",
    "sandbox.level.good": "berkas, jaringan, dan memori terlindung, dengan celah yang ditandai di bawah",
    "sandbox.level.full": "berkas, jaringan, program lain, dan kernel terlindung",
    "sandbox.doctor.help": "Periksa apa yang jalan di sini: TensorFlow, perangkat, isolasi (diukur), terminal.",
    "sandbox.doctor.help.json": "Seluruh laporan sebagai JSON.",
    "sandbox.doctor.loading": "Memuat {stage} ({percent}) ...",
    "sandbox.doctor.too_slow": "TensorFlow belum termuat setelah {seconds} detik.",
    "sandbox.doctor.python_unsupported": "tflab perlu Python 3.10 sampai 3.13",
    "sandbox.doctor.session_line": "{tensorflow}, Keras {keras}; termuat dalam {load} dtk, lalu sesi dalam {start} dtk",
    "sandbox.doctor.memory_line": "{memory} GiB{limited}; satu sesi boleh memakai {session} GiB (--memory)",
    "sandbox.doctor.kernel_line": "Landlock {landlock}, seccomp: {seccomp}, user namespace: {namespaces}",
    "sandbox.doctor.observed": "terlihat: {observed}",
    "sandbox.doctor.keyboard": "shift+enter: {answer}",
    "sandbox.doctor.colours.none": "tanpa warna",
    "sandbox.doctor.colours.16": "16 warna",
    "sandbox.doctor.colours.256": "256 warna",
    "sandbox.doctor.colours.truecolor": "warna penuh",
    "sandbox.doctor.label.tflab": "tflab",
    "sandbox.doctor.label.system": "Sistem",
    "sandbox.doctor.label.python": "Python",
    "sandbox.doctor.label.tensorflow": "TensorFlow",
    "sandbox.doctor.label.devices": "Perangkat",
    "sandbox.doctor.label.memory": "Memori",
    "sandbox.doctor.label.terminal": "Terminal",
    "sandbox.doctor.label.isolation": "Isolasi",
    "sandbox.doctor.word.yes": "ya",
    "sandbox.doctor.word.no": "tidak",
    "sandbox.doctor.word.unknown": "tidak diketahui",
    "sandbox.doctor.word.container": "di dalam kontainer",
    "sandbox.doctor.word.machine": "mesin",
    "sandbox.doctor.word.tensorflow": "TensorFlow",
    "sandbox.doctor.word.limited": "dibatasi cgroup",
    "sandbox.doctor.word.unicode": "Unicode",
    "sandbox.doctor.word.no_unicode": "tanpa Unicode",
    "sandbox.doctor.word.no_terminal": "saat ini bukan terminal",
    "sandbox.doctor.word.comfort": "di luar tingkatan",
}
