"""Indonesian: several workers, in `tflab run --workers` and `tflab attach` (keys ``cli.workers.*`` and such)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "cli.help.option.workers": "Jalankan sebanyak ini worker di mesin ini, yang berlatih bersama lewat tf.distribute.MultiWorkerMirroredStrategy.",
    "cli.help.option.meet": "Bersama --workers: akhiri bila sudah selama ini menunggu worker yang tidak datang; bawaannya 120.",
    "cli.wrong.workers": "paling banyak {most} worker dapat dijalankan di satu mesin",
    "cli.wrong.meet": "--meet adalah untuk worker yang saling menunggu: berikan juga --workers",
    "cli.workers.title": "{name}, worker {worker}",
    "cli.workers.no_ports": "tidak ada port bebas untuk para worker: {reason}",
    "cli.workers.no_door": "tflab: worker {worker} tidak dapat diamati dengan `tflab attach`: {reason}",
    "cli.workers.shared_loopback": "tflab: sistem ini tidak memberi para worker jaringan sendiri: selama berjalan, TensorFlow mendengarkan di port mereka pada setiap alamat mesin ini",
    "cli.workers.few_gpus": "tflab: GPU ({gpus}) lebih sedikit daripada worker ({workers}): satu pelatihan memerlukan perangkat yang sama di setiap worker, jadi semuanya menghitung di prosesor; --workers {gpus} memakai GPU",
    "cli.workers.gpus": "tflab: GPU setiap worker: {each}; tidak terpakai: {unused}",
    "cli.workers.ended": "worker {worker} berakhir dengan status {status}; yang akan menunggunya juga diakhiri: {others}",
    "cli.workers.released": "worker yang sudah berakhir: {workers}",
    "cli.workers.left_waiting": "worker {worker} menunggu dalam operasi kolektif{place} worker yang sudah berakhir: {workers}; biarkan semua worker menjalankan jumlah langkah yang sama",
    "cli.workers.in_line": " (baris {line})",
    "cli.workers.never_joined": "worker {worker} berakhir tanpa bergabung ke cluster, dan yang ini akan menunggunya selamanya: {others}",
    "cli.workers.never_came": "worker yang tidak sampai ke MultiWorkerMirroredStrategy dalam {seconds} detik: {worker}; yang ini menunggunya dan diakhiri: {others}",
    "cli.workers.never_met": "para worker tidak saling menemukan dalam {seconds} detik",
    "cli.wrong.attach_gone": "proses bernama {name} berakhir tanpa pamit (dimatikan paksa, misalnya); pintunya sudah dibersihkan",
    "ui.watch.awaits": "menunggu worker lain di cluster-nya ({count})",
    "ui.key.next_process": "Proses berikut",
}
