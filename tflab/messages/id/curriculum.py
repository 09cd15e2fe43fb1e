"""Indonesian: files, lessons, exercises (keys ``curriculum.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    # Berkas yang tidak bisa dibuka.
    "curriculum.file.missing": "{path}: berkas ini tidak ada",
    "curriculum.file.missing_but": "{path}: berkas ini tidak ada; maksud Anda {other}?",
    "curriculum.file.folder": "{path} adalah folder: sebutkan berkas .py, .ipynb, atau .md di dalamnya",
    "curriculum.file.unknown_kind": "{path}: tflab membuka berkas .py, .ipynb, dan MyST .md",
    "curriculum.file.not_a_file": "{path} bukan berkas biasa",
    "curriculum.file.forbidden": "{path}: Anda tidak punya izin membaca berkas ini (periksa dengan ls -l)",
    "curriculum.file.not_readable": "{path} tidak bisa dibaca: {reason}",
    "curriculum.file.too_large": "{path} berukuran {size} MiB, melebihi batas {largest} MiB:"
    " hapus keluaran notebook-nya, atau pecah berkasnya",
    "curriculum.file.empty": "{path} kosong: tidak ada yang bisa dijalankan",
    "curriculum.file.binary": "{path} bukan berkas teks, meskipun akhirannya begitu",
    "curriculum.file.not_utf8": "{path} bukan teks UTF-8 (byte ke-{offset}): simpan ulang sebagai UTF-8",
    "curriculum.file.undecodable_script": "{path} tidak bisa diuraikan sebagai teks: {reason}",
    "curriculum.file.broken_json": "{path} bukan notebook: JSON-nya rusak di baris {line}, kolom {column}",
    "curriculum.file.not_a_notebook": "{path} bukan notebook Jupyter, meskipun akhirannya begitu",
    "curriculum.file.future_notebook": "{path} memakai format notebook {version}, tflab membaca sampai {newest}:"
    " simpan ulang dalam format {newest}",
    "curriculum.file.other_language": "{path} adalah notebook {language}; tflab hanya menjalankan Python",
    "curriculum.file.no_code_cells": "{path} tidak punya sel kode: di MyST Markdown sel kode diawali ```{{code-cell}}",
    "curriculum.file.broken_myst": "{path} bukan MyST Markdown yang sah: {reason}",
    # Pelajaran.
    "curriculum.lesson.unknown": "tidak ada pelajaran {word}: lihat daftarnya dengan `tflab lessons`",
    "curriculum.lesson.unknown_but": "tidak ada pelajaran {word}; maksud Anda {other}?"
    " Daftar lengkapnya: `tflab lessons`",
    "curriculum.lesson.not_translated": "pelajaran ini belum diterjemahkan: inilah versi bahasa Inggrisnya",
    "curriculum.lesson.none_installed": "tidak ada pelajaran yang terpasang (seharusnya ada di {folder})",
    "curriculum.lesson.broken": "berkas pelajaran {name}, baris {line}: {reason}",
    "curriculum.lesson.no_front_matter": "bagian kepala (front matter) tidak ada",
    "curriculum.lesson.needs_entry": "bagian kepala memerlukan {key} (satu nilai)",
    "curriculum.lesson.not_a_number": "{key} bukan bilangan bulat: {value}",
    "curriculum.lesson.number_taken": "nomor {number} sudah dipakai {other}",
    "curriculum.lesson.number_differs": "number berisi {number}, padahal nama berkasnya {name}",
    "curriculum.front_matter.open": "bagian kepala tidak ditutup dengan ---",
    "curriculum.front_matter.no_entry": "ini bukan `kunci: nilai`: {line}",
    "curriculum.front_matter.twice": "{key} muncul dua kali",
    "curriculum.front_matter.open_list": "daftar tidak ditutup dengan ]",
    "curriculum.front_matter.open_quote": "tanda kutip tidak ditutup",
    "curriculum.front_matter.needs_quotes": "nilai ini harus diapit tanda kutip",
    "curriculum.myst.open_cell": "sel kode tidak ditutup",
    "curriculum.myst.open_options": "opsi sel kode tidak ditutup dengan ---",
    "curriculum.myst.bad_break": "teks sesudah +++ bukan objek JSON",
    # Yang disimpan.
    "curriculum.kept.not_written": "draf, kemajuan, dan run tidak tersimpan: {reason}",
    "curriculum.kept.left_over": "{count} draf dari versi lama berkas ini disimpan di {folder}",
    "curriculum.save.lesson": "berkas pelajaran tidak pernah diubah; yang Anda ketik tetap tersimpan",
    "curriculum.save.unwritable": "{path} tidak bisa ditulis: {reason}; yang Anda ketik tetap tersimpan",
    "curriculum.save.moved": "{path} sudah diubah di tempat lain sejak dibuka, jadi dibiarkan: buka lagi, yang Anda ketik tetap tersimpan",
    "curriculum.save.encoding": "{path} menyatakan diri sebagai {encoding}, yang tidak memuat {letters}: berkasnya dibiarkan",
    "curriculum.save.old_notebook": "{path} adalah notebook format lama: simpan sekali di Jupyter, lalu bisa disimpan di sini",
    "curriculum.save.saved": "{path} tersimpan.",
}
