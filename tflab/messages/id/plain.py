"""Indonesian: the lab in plain lines (keys ``plain.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "plain.welcome": "tflab, teks polos. {title}. Ketik help untuk daftar perintah, quit untuk keluar.",
    "plain.prompt": "langkah {step}> ",
    "plain.step": "Langkah {step} dari {steps}",
    "plain.no_steps": "Tidak ada kode yang bisa dijalankan di sini.",
    "plain.no_step": "Langkah itu tidak ada: semuanya {count}.",
    "plain.code": "Kode:",
    "plain.unchanged": "Kode tidak berubah.",
    "plain.no_line": "Tidak ada baris {line}: semuanya {count}.",
    "plain.which_line": "Sebutkan barisnya: {kind} 3",
    "plain.nothing_to_undo": "Tidak ada yang bisa diurungkan.",
    "plain.unknown": "Tidak ada perintah {word}. Ketik help untuk semuanya.",
    "plain.no_lesson": "Tidak ada pelajaran {word}. Ketik lessons untuk semuanya.",
    "plain.opened": "{title}",
    "plain.lesson.done": "selesai",
    "plain.lesson.started": "sudah dimulai",
    "plain.lesson.new": "belum dimulai",
    "plain.loading": "TensorFlow sedang dimuat. Langkah ini berjalan begitu siap.",
    "plain.interrupting": "Menghentikan. Ctrl+C lagi memulai ulang sesi.",
    "plain.restarting": "Memulai ulang sesi.",
    "plain.overdue": "Tidak mau berhenti. Ctrl+C memulai ulang sesi.",
    "plain.fresh": "Sesi baru, belum ada yang dijalankan.",
    "plain.ended": "Langkah {step} {status} setelah {time}",
    "plain.problem": "Masalah: {message} Ketik problems untuk perbaikannya.",
    "plain.checking": "Memeriksa.",
    "plain.range": "dari {least} sampai {most}",
    "plain.mean": "rerata {mean}",
    "plain.changed": "berubah pada jalan terakhir",
    "plain.trace": "{function}, trace {ordinal}",
    "plain.curve": "{name}: mula-mula {first}, kini {last} pada {axis} {step}, antara {least} dan {most}",
    "plain.help": """\
Perintah; beberapa huruf saja cukup, Enter saja menuju langkah berikutnya.
next, previous, go 3: langkah lain
read: langkah ini sekali lagi; code: kodenya
run, atau r: menjalankan langkah ini; all: semua sampai langkah ini; restart: sesi baru
edit, atau e: kode di editor Anda sendiri ($EDITOR)
set 3 TEKS, insert 3 TEKS, delete 3 atau 3-5: baris menurut nomor; undo; reset: kode asli langkah ini
check, atau x: memeriksa latihan; hint: petunjuk; solution: jawaban
tensors, gradients, traces, curves, devices, problems: isi sesi dan yang terjadi
lessons: semua pelajaran; open 14: pelajaran lain
quit: selesai, semuanya tersimpan""",
    "cli.wrong.plain_first": "tulis `tflab {command} --plain` untuk pelajaran dalam teks polos",
    "cli.help.option.plain": "Baris teks polos, bukan layar penuh: untuk pembaca layar dan terminal sederhana.",
}
