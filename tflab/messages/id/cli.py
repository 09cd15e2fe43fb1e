"""Indonesian: the commands (keys ``cli.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.splash": "membuka lab",
    # --help.
    "cli.help.tflab": "Lab di terminal untuk pelatihan kustom dengan TensorFlow."
    " Tanpa perintah, lab dibuka di tempat terakhir Anda berhenti.",
    "cli.help.metavar": "[PERINTAH | PELAJARAN] [ARGUMEN]...",
    "cli.help.epilog": "Pelajaran dibuka dengan nomor atau namanya: tflab 14, tflab training_loops.",
    "cli.help.open": "Telusuri FILE langkah demi langkah di lab: .ipynb, .py, atau MyST .md.",
    "cli.help.run": "Jalankan FILE di sesi yang sama tanpa layar penuh. Argumen untuk skrip ditulis setelah --.",
    "cli.help.lessons": "Tampilkan daftar pelajaran dan kemajuan Anda.",
    "cli.help.lesson": "Buka pelajaran ini di lab.",
    "cli.help.option.lang": "Bahasa lab.",
    "cli.help.option.events": "Tulis setiap peristiwa ke berkas ini, satu objek JSON per baris; - berarti stdout.",
    "cli.help.option.keep_going": "Lanjutkan meskipun ada sel yang gagal.",
    "cli.help.option.timeout": "Hentikan sel yang berjalan lebih lama dari sekian detik.",
    "cli.help.option.memory": "Akhiri sesi yang memakai memori melebihi ini; bawaannya 3/4 memori mesin.",
    "cli.help.option.devices": "Perangkat logis, misalnya cpu:2.",
    "cli.help.option.allow_net": "Izinkan program memakai jaringan.",
    "cli.help.option.allow_read": "Izinkan membaca berkas atau folder ini; boleh diulang.",
    "cli.help.option.allow_write": "Izinkan menulis ke berkas atau folder ini; boleh diulang.",
    "cli.help.option.no_sandbox": "Jalankan tanpa sandbox.",
    # Pemanggilan yang salah; dicetak setelah "tflab: ".
    "cli.wrong.option": "tidak ada opsi {option}: lihat tflab --help",
    "cli.wrong.option_but": "tidak ada opsi {option}; maksud Anda {other}?",
    "cli.wrong.missing": "{name} belum disebutkan: lihat tflab --help",
    "cli.wrong.value": "{name}: {reason}",
    "cli.wrong.needs_value": "{option} memerlukan nilai",
    "cli.wrong.file": "{path} bukan perintah: `tflab open {path}` menampilkannya di lab,"
    " `tflab run {path}` menjalankannya",
    "cli.wrong.command_but": "tidak ada perintah {word}; maksud Anda `tflab {other}`?",
    "cli.wrong.no_script_arguments": "{command} tidak menerima argumen setelah --",
    "cli.wrong.script_arguments": "argumen {word} berlebih;"
    " argumen untuk skrip ditulis setelah --: `tflab run {file} -- {word}`",
    "cli.wrong.memory": "{value} bukan jumlah GiB (contoh: 4 atau 0.5)",
    "cli.wrong.seconds": "{value} bukan jumlah detik di atas 0",
    "cli.wrong.devices": "{value} bukan perangkat logis (contoh: cpu:2)",
    "cli.wrong.no_such_path": "{path} tidak ada",
    "cli.wrong.events": "peristiwa tidak bisa ditulis ke {path}: {reason}",
    "cli.wrong.no_terminal": "lab memerlukan terminal untuk tampil; `tflab run FILE` bisa berjalan tanpa terminal",
    # tflab lessons.
    "cli.lessons.minutes": "{minutes} mnt",
    "cli.lessons.done": "selesai",
    "cli.lessons.started": "{done} dari {steps} langkah",
    "cli.lessons.in_english": "dalam bahasa Inggris",
    "cli.lessons.left_out": "tidak disertakan: {reason}",
    "cli.lessons.none": "tidak ada pelajaran yang terpasang",
    # tflab run.
    "cli.run.loading": "memuat TensorFlow: {stage} {percent}",
    "cli.run.live.seconds": "{seconds} dtk",
    "cli.run.live.steps": "{name} {value} di langkah {count}",
    "cli.run.live.epochs": "{name} {value} setelah epoch {count}",
    "cli.run.live.traces": "trace {count}",
    "cli.run.live.problems": "masalah {count}",
    "cli.run.head": "-- tflab: {name} selama {seconds} dtk, TensorFlow {tensorflow}, isolasi {isolation}",
    "cli.run.at_line": "baris {line}",
    "cli.run.metric.steps": "  {name} {first} -> {last} dalam {count} langkah",
    "cli.run.metric.epochs": "  {name} {first} -> {last} dalam {count} epoch",
    "cli.run.gradients": "  gradien di baris {line}, langkah {step} (norma L2)",
    "cli.run.traced": "  {function} di-trace {count}x",
    "cli.run.more": "dan {count} lagi",
    "cli.run.problem": "  {code}: {message} {fix}",
    "cli.run.deaf": "tflab: sel tidak menanggapi interupsi; tekan Ctrl+C sekali lagi untuk mengakhiri sesinya",
}
