"""Indonesian: reasons and fixes that a session writes into events (keys ``probe.*``)."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "probe.not_recording": "Pertanyaan ini memerlukan lab: jalankan program dengan tflab, atau di dalam `with lab.recording():`.",
    "probe.missing_name": "TensorFlow {version} tidak memiliki {name}, padahal bagian ini membutuhkannya.",
    "probe.broken": "Bagian ini berulang kali gagal pada program ini dan dimatikan: {error}",
    # --- mengapa sebuah tf.function di-trace: alasan -------------------------------------------------------------
    "probe.trace.first": "Panggilan pertama.",
    "probe.trace.first_variables": "Panggilan pertama, di-trace dua kali karena membuat variabel: ini wajar.",
    "probe.trace.new_function": "`{function}` dibungkus tf.function lagi: ini objek baru nomor {count}, dan objek "
    "baru belum punya trace sama sekali.",
    "probe.trace.other_self": "Panggilan pertama pada {kind} yang lain, objek nomor {count}: sebuah metode punya trace "
    "sendiri untuk setiap objek.",
    "probe.trace.after_failure": "Percobaan sebelumnya gagal, jadi tidak ada trace yang bisa dipakai ulang.",
    "probe.trace.released": "Panggilan seperti ini pernah di-trace, tetapi trace itu sudah hilang: objek yang "
    "menjadi dasarnya sudah tidak ada.",
    "probe.trace.raised": "Tracing gagal: {error}",
    "probe.trace.and_more": "{told}; dan {count} perbedaan lagi",
    "probe.trace.shape": "argumen `{argument}`: bentuk {old} menjadi {new}: sumbu {axes} berbeda",
    "probe.trace.shape.axes": "argumen `{argument}`: bentuk {old} menjadi {new}: sumbu-sumbu {axes} berbeda",
    "probe.trace.rank": "argumen `{argument}`: bentuk {old} menjadi {new}: jumlah sumbunya berbeda",
    "probe.trace.dtype": "argumen `{argument}`: dtype {old} menjadi {new}",
    "probe.trace.python_value": "argumen `{argument}`: nilai Python {old} menjadi {new}",
    "probe.trace.python_type": "argumen `{argument}`: {old} menjadi {new}",
    "probe.trace.python": "{kind} Python {value}",
    "probe.trace.tensor": "tensor {tensor}",
    "probe.trace.object": "argumen `{argument}`: objek {kind} yang lain",
    "probe.trace.variable": "argumen `{argument}`: {old} menjadi {new}",
    "probe.trace.alias": "argumen `{argument}`: variabel dipakai bersama oleh argumen dengan pola yang lain",
    "probe.trace.length": "argumen `{argument}`: {old} butir menjadi {new}",
    "probe.trace.structure": "argumen `{argument}`: {old} menjadi {new}: kunci-kuncinya berbeda",
    "probe.trace.kind": "argumen `{argument}`: {old} menjadi {new}",
    "probe.trace.arguments": "dipanggil dengan argumen {new}, sebelumnya {old}",
    "probe.trace.context": "Fungsi ini dipanggil dalam lingkungan yang berbeda dari sebelumnya.",
    "probe.trace.context.graph": "Fungsi ini dipanggil ketika graph lain sedang dibangun.",
    "probe.trace.context.device": "Fungsi ini dipanggil di bawah perangkat atau strategi distribusi yang berbeda.",
    "probe.trace.context.replica": "Fungsi ini dipanggil sekali langsung di bawah scope suatu strategi dan sekali di luarnya atau di dalam salah satu replikanya.",
    "probe.trace.context.xla": "Fungsi ini dipanggil sekali di dalam dan sekali di luar fungsi yang dikompilasi XLA.",
    # --- cara menghindarinya -------------------------------------------------------------------------------------
    "probe.trace.new_function.fix": "Bungkus dengan tf.function satu kali saja, di luar loop atau fungsi yang "
    "memanggilnya.",
    "probe.trace.released.fix": "Pertahankan objek yang Anda berikan agar tetap ada di antara panggilan.",
    "probe.trace.relaxed": "Tidak perlu apa-apa: reduce_retracing sudah membuka sumbu ini, jadi panjang lain memakai "
    "trace ini.",
    "probe.trace.shape.fix.batch": "Untuk satu batch terakhir yang lebih kecil ini wajar; selain itu, pakai "
    "drop_remainder=True saat membuat batch atau tulis {spec} di input_signature.",
    "probe.trace.shape.fix": "Berikan satu bentuk saja, atau biarkan sumbunya terbuka dengan {spec} di "
    "input_signature.",
    "probe.trace.rank.fix": "Ubah bentuk `{argument}` agar jumlah sumbunya tetap sebelum memanggil.",
    "probe.trace.dtype.fix": "Konversi `{argument}` sebelum memanggil: tf.cast({argument}, tf.{dtype}).",
    "probe.trace.python_value.fix": "Setiap angka Python yang baru menghasilkan trace baru: berikan tf.constant(...) "
    "atau simpan dalam tf.Variable.",
    "probe.trace.python_value.fix.flag": "Satu trace untuk setiap nilai `{argument}` tidak masalah selama nilainya "
    "sedikit.",
    "probe.trace.python_type.fix": "Selalu berikan `{argument}` sebagai tensor dengan satu dtype.",
    "probe.trace.object.fix": "Objek dibedakan menurut identitasnya: berikan objek yang sama, atau tensornya saja.",
    "probe.trace.variable.fix": "Berikan nilai variabelnya, atau pakai satu tf.function untuk setiap variabel.",
    "probe.trace.alias.fix": "Berikan variabel dengan satu pola: selalu variabel yang sama dua kali, atau selalu yang "
    "berbeda.",
    "probe.trace.length.fix": "Jaga agar panjangnya tetap, atau tumpuk isinya menjadi satu tensor.",
    "probe.trace.structure.fix": "Jaga agar kunci-kunci `{argument}` sama di setiap panggilan.",
    "probe.trace.kind.fix": "Berikan jenis nilai yang sama untuk `{argument}` di setiap panggilan.",
    "probe.trace.arguments.fix": "Berikan argumen yang sama di setiap panggilan.",
    "probe.trace.context.fix": "Panggil dari satu macam lingkungan saja, atau terima satu trace untuk masing-masing.",
    # --- cuplikan isi tensor -------------------------------------------------------------------------------------
    "probe.tensor.ragged": "panjang baris {lengths}",
    "probe.tensor.sparse": "{stored} nilai tersimpan",
    "probe.tensor.slices": "{rows} baris",
    "probe.tensor.items": "{count} butir",
    "probe.tensor.parameters": "{count} parameter",
    "probe.tensor.unbuilt": "belum dibangun",
    "probe.tensor.optimizer": "laju belajar {rate}, langkah {steps}",
    "probe.tensor.unreadable": "tidak dapat dibaca: {error}",
    "probe.tensor.replicas": "{count} replika",
    "probe.tensor.gone": "{name} sudah tidak ada.",
    "probe.tensor.no_elements": "Di sini tidak ada elemen yang bisa dilihat.",
    "probe.tensor.no_numbers": "Di sini tidak ada angka yang bisa diukur.",
    "probe.tensor.off": "Tensor tidak bisa dilihat dalam sesi ini.",
    "probe.knob.no_number": "kenop {name} menerima bilangan atau tf.Variable skalar, bukan {kind}",
    "probe.knob.unknown": "kenop {name} tidak ada (lagi)",
    "probe.knob.schedule": "{schedule} mengaturnya langkah demi langkah: beri optimizer sebuah bilangan agar bisa diputar dengan tangan",
}
