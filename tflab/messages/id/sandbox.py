"""Indonesian: isolation and permissions (keys ``sandbox.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "sandbox.protected.is": "adalah {what}",
    "sandbox.protected.contains": "memuat {what}",
    "sandbox.protected.inside": "merupakan bagian dari {what}",
    "sandbox.protected.home": "folder rumah Anda",
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
    "sandbox.missing.private-temporary": "tidak punya /tmp sendiri",
    "sandbox.missing.shared-memory": "tidak punya /dev/shm sendiri (antrean multiprocessing gagal)",
}
