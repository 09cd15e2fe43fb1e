"""Indonesian: kept runs (keys ``runs.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "runs.none": "belum ada run yang tersimpan: setiap sel yang menggambar kurva menjadi satu run",
    "runs.unknown": "tidak ada run {word}: `tflab runs` menampilkan daftarnya",
    "runs.ambiguous": "{word} adalah awal nama {count} run: tulis lebih panjang",
    "runs.bad_name": "run tidak bisa dinamai {name}: mulai dengan huruf atau angka, jangan hanya bilangan,"
    " paling banyak 60 karakter",
    "runs.name_taken": "sudah ada run lain bernama {name}",
    "runs.one_at_a_time": "pakai salah satu saja dari --name, --export, dan --delete",
    "runs.name_one": "sebutkan satu run: `tflab runs` menampilkan daftarnya",
    "runs.name_some": "sebutkan run yang akan dihapus: `tflab runs` menampilkan daftarnya",
    "runs.space": "{used} dari {most} MiB, di {folder}: `tensorboard --logdir` juga bisa menampilkannya",
    "runs.values": "{count} nilai",
    "runs.named": "{id} sekarang bernama {name} dan tetap ada sampai Anda menghapusnya.",
    "runs.unnamed": "{id} tidak bernama lagi.",
    "runs.exported": "{id} ditulis ke {path}.",
    "runs.deleted": "{id} dihapus.",
    "runs.not_written": "{path} tidak bisa ditulis: {reason}",
    "runs.damaged": "kurva {id} tidak bisa dibaca: berkasnya rusak",
    "runs.unknown_form": "{path}: run bisa ditulis sebagai {forms}",
    "runs.summary": "run tflab {id}: {versions}",
    "runs.title": "Run tersimpan",
    "runs.keys": "Spasi bandingkan  N nama  W tulis  D hapus  Esc selesai",
    "runs.ask_name": "nama, supaya run tetap ada; kosong menghapus namanya",
    "runs.ask_file": "berkas: .csv .svg .png .py .ipynb",
    "runs.delete_again": "D sekali lagi menghapus {id}.",
    "runs.curves_written": "Kurva ditulis ke {path}.",
}
