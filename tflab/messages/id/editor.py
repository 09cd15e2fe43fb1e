"""Indonesian: what the editor says (keys ``ui.find.*``, ``ui.lint.*``, ``ui.edit.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    # --- finding
    "ui.find.query": "cari, atau /pola/",
    "ui.find.replacement": "ganti, Enter satu",
    "ui.find.line": "ke baris",
    "ui.find.lines": "dari {count} baris",
    "ui.find.nothing": "tidak ada",
    "ui.find.all": "Alt+A semua",
    # --- what a name is
    "ui.describe.unknown": "Tidak ada yang diketahui tentang yang ada di kursor",
    "ui.describe.undocumented": "Tanpa dokumentasi.",
    "ui.leaflet.scroll": "↑ ↓ menggulir, tombol lain menutup ini",
    # --- the person's own editor
    "ui.external.none": "Tidak ada editor: sebutkan dengan EDITOR=nama",
    "ui.external.unreadable": "{variable} tidak terbaca: kurang tanda kutip",
    "ui.external.fails": "{command} tidak bisa dijalankan: {reason}",
    "ui.external.gave_up": "{command} berakhir dengan status {status}: kode tidak diubah",
    "ui.external.unreadable_file": "Yang ditulis editor bukan teks: kode tidak diubah",
    "ui.external.no_terminal": "Editor lain tidak bisa dibuka di sini",
    "ui.help.edit_outside": "$EDITOR Anda sendiri",
    "ui.command.edit_outside": "Sunting langkah ini di editor Anda sendiri ($EDITOR)",
    # --- progress
    "ui.status.left": "sisa sekitar {time}",
    # --- modes
    "ui.command.switch_vim": "Tombol Vim di editor, nyala atau mati",
    "ui.mode.normal": "NORMAL",
    "ui.mode.insert": "SISIP",
    "ui.mode.visual": "VISUAL",
    "ui.mode.visual-line": "BARIS VISUAL",
    # --- looks
    "ui.command.switch_palette": "Nyalakan atau matikan warna untuk mata buta warna",
    # --- keys
    "ui.help.find": "cari; ke baris",
    "ui.help.next_mark": "baris bertanda lain",
    "ui.help.describe": "apa ini di kursor",
    "ui.command.describe": "Jelaskan yang ada di kursor: parameter, dokumentasi",
    "ui.help.format": "rapikan kode",
    "ui.command.find": "Cari dan ganti dalam kode",
    "ui.command.go_to_line": "Ke baris tertentu dalam kode",
    "ui.command.next_mark": "Ke baris bertanda berikutnya",
    "ui.command.format": "Rapikan kode langkah ini",
    # --- diagnostics
    "ui.lint.nothing": "Tidak ada baris bertanda",
    "ui.lint.syntax": "bukan Python yang sah: {message}",
    "ui.lint.F401": "{name} diimpor tetapi tidak pernah dipakai",
    "ui.lint.F811": "{name} didefinisikan lagi sebelum dipakai",
    "ui.lint.F821": "{name} tidak didefinisikan di mana pun",
    "ui.lint.F841": "{name} diisi tetapi tidak pernah dipakai",
    "ui.lint.B006": "nilai bawaan ini dipakai bersama oleh semua panggilan: pakai None",
    "ui.lint.E711": "bandingkan dengan None memakai `is`",
    "ui.lint.E712": "tidak perlu dibandingkan dengan True atau False",
    "ui.lint.E722": "except ini juga menangkap Ctrl+C: sebutkan exception-nya",
    "client.ruff.syntax": "Kode tidak bisa dirapikan: baris {line} bukan Python yang sah ({message})",
    "client.ruff.missing": "Kode tidak bisa dirapikan: Ruff tidak berjalan di sini",
}
