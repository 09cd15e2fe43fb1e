"""Indonesian: the course as a whole, and how far one has come in it (keys ``course.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "course.part.document": "Isi bab",
    "course.part.beyond": "Lebih jauh",
    "course.part.clinic": "Klinik",
    "course.exercises": "{passed} dari {count} latihan",
    "course.so_far": "{state}, sejauh ini {time}",
    "course.done_in": "selesai dalam {time}",
    "course.minutes": "{minutes} mnt",
    "course.hours": "{hours} jam {minutes} mnt",
    # One lesson.
    "course.exercise.passed": "lulus {day}",
    "course.exercise.open": "belum",
    # What is left.
    "course.next": "Berikutnya: {number} {title} (tflab {number})",
    "course.next.none": "Semua pelajaran selesai: `tflab lessons --summary sertifikat.svg` menulis sertifikatnya.",
    # The page.
    "course.page.name": "tflab: pelatihan kustom dengan TensorFlow",
    "course.page.summary": "Ringkasan",
    "course.page.certificate": "Sertifikat kelulusan",
    "course.page.exercises": "{passed} dari {count} latihan lulus, masing-masing dinilai dari apa yang dilakukan kodenya: "
    "nilai, gradien, trace, loss.",
    "course.page.lessons": "{done} dari {count} pelajaran selesai, {time} kerja.",
    "course.page.days": "Lulus pertama {first}, lulus terakhir {last}.",
    "course.page.of": "{done} dari {count}",
    "course.page.written": "{path} sudah ditulis.",
    "course.page.not_written": "{path} tidak bisa ditulis: {reason}",
    "course.page.form": "{path} tidak berakhiran .svg atau .txt",
    # tflab lessons.
    "course.help.summary": "Tulis halaman yang merangkum kemajuan Anda, pada akhirnya sertifikat: FILE berakhiran .svg"
    " atau .txt, - mencetaknya.",
}
