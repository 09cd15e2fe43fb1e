"""Indonesian: sessions and the fork server, as the lab sees them (keys ``client.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "client.traceback_header": "Jejak galat (panggilan terakhir paling bawah):",
    "client.traceback_cause": "Eksepsi di atas adalah penyebab langsung eksepsi berikut:",
    "client.traceback_context": "Saat eksepsi itu ditangani, terjadi eksepsi lain:",
    "client.traceback_hidden": "[baris pustaka yang tidak ditampilkan: {count}]",
    "client.traceback_repeated": "[{count} panggilan lain dari kode Anda tidak ditampilkan]",
    "client.traceback_unprintable": "<teksnya tidak dapat ditampilkan: str() pada eksepsi ini gagal>",
    "client.thread_error": "Eksepsi di thread {thread}:",
    "client.interrupted": "Dihentikan",
    "client.module_missing": "Sesi tidak dapat dimulai: Python tidak punya modul {module!r}. Pasang TensorFlow dengan: pip install tensorflow",
    "client.import_failed": "Sesi tidak dapat dimulai: TensorFlow gagal diimpor ({error}).",
    "client.context_initialized": "TensorFlow sudah berjalan sebelum sesi dibuat; sesi yang dibuat sekarang akan macet.",
    "client.server_ended": "Sesi tidak dapat dimulai: proses yang memuat TensorFlow berakhir ({how}). {output}",
    "client.server_restarts": "Sesi tidak dapat dimulai: proses yang memuat TensorFlow berulang kali berakhir ({how}).",
    "client.session_failed": "Sesi tidak dapat dimulai: sesi berakhir sebelum siap ({how}). {output}",
    "client.ended_with_status": "status keluar {status}",
    "client.ended_unknown": "statusnya tidak diketahui",
    "client.session_exited": "Sesi berakhir dengan sendirinya ({how}). Sesi baru menggantikannya; langkah sebelumnya perlu dijalankan lagi.",
    "client.session_crashed": "Sesi mogok ({how}). Sesi baru menggantikannya; langkah sebelumnya perlu dijalankan lagi.",
    "client.session_restarted": "Sesi dimulai ulang; langkah sebelumnya perlu dijalankan lagi.",
    "client.session_memory": "Sesi memakai memori {used}, padahal batasnya {limit}, sehingga diakhiri. --memory GIB menaikkan batas itu.",
    "client.session_processes": "Sesi dan semua yang dimulainya memakai {used} proses dan thread, padahal batasnya {limit}, sehingga diakhiri. --processes NUMBER menaikkan batas itu.",
    "client.session_disk": "Folder sementara sesi berisi {used}, padahal batasnya {limit}, sehingga sesi diakhiri. --disk GIB menaikkan batas itu.",
    "client.session_unresponsive": "Sesi tidak lagi menjawab dan diakhiri. Sesi baru menggantikannya; langkah sebelumnya perlu dijalankan lagi.",
    "client.session_broken": "Sesi mengirim hal yang tidak boleh dikirim sesi mana pun, sehingga diakhiri. Sesi baru menggantikannya; langkah sebelumnya perlu dijalankan lagi.",
    "client.session_server": "Proses yang membuat sesi berakhir, dan sesi ikut berakhir; keduanya dimulai lagi.",
    "client.session_timeout": "Sel melewati batas {seconds} detik dan tidak mau berhenti saat disela: sesi diakhiri.",
    "client.timeout": "Dihentikan setelah {seconds} detik",
    "client.cpu_description": "{cores} inti",
}
