"""Indonesian: isolation and permissions (keys ``sandbox.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
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
