"""Indonesian: what is wrong with a program (``diagnosis.CODE[.VARIANT]``), the mend (``.fix``), the evidence."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "diagnosis.more": "{names} dan {count} lagi",
    "diagnosis.tensorflow-says": "Kata TensorFlow: {message}",
    # --- gradient-none -------------------------------------------------------------------------------------------
    "diagnosis.gradient-none.not-watched": "Gradien {names} adalah None karena `{tape}` tidak mengamatinya: hanya "
    "tf.Variable yang diamati dengan sendirinya.",
    "diagnosis.gradient-none.not-watched.fix": "Panggil `{tape}.watch({name})` di awal blok tape, atau jadikan "
    "`{name}` sebuah tf.Variable.",
    "diagnosis.gradient-none.not-watched.many": "Gradien {names} adalah None karena `{tape}` tidak mengamati mereka: "
    "hanya tf.Variable yang diamati dengan sendirinya.",
    "diagnosis.gradient-none.not-watched.many.fix": "Panggil `{tape}.watch(...)` untuk mereka di awal blok tape, atau "
    "jadikan mereka tf.Variable.",
    "diagnosis.gradient-none.integer": "Gradien {names} adalah None karena bilangan bulat tidak punya gradien: ada "
    "bilangan bulat di antaranya dan loss, atau ia sendiri bilangan bulat.",
    "diagnosis.gradient-none.integer.fix": "Pakai bilangan pecahan dari `{name}` sampai loss, 1.0 dan bukan 1, tanpa "
    "tf.cast ke bilangan bulat dan tanpa tf.argmax.",
    "diagnosis.gradient-none.integer.many": "Gradien {names} adalah None karena bilangan bulat tidak punya gradien: "
    "ada bilangan bulat di antara mereka dan loss, atau mereka sendiri bilangan bulat.",
    "diagnosis.gradient-none.integer.many.fix": "Pakai bilangan pecahan sampai loss, 1.0 dan bukan 1, tanpa tf.cast "
    "ke bilangan bulat dan tanpa tf.argmax.",
    "diagnosis.gradient-none.non-differentiable": "Gradien {names} adalah None: di antaranya dan loss ada operasi "
    "tanpa turunan, misalnya pembulatan atau perbandingan.",
    "diagnosis.gradient-none.non-differentiable.fix": "Pakai fungsi yang mulus di situ, atau beri gradien sendiri "
    "dengan tf.custom_gradient.",
    "diagnosis.gradient-none.non-differentiable.many": "Gradien {names} adalah None: di antara mereka dan loss ada "
    "operasi tanpa turunan, misalnya pembulatan atau perbandingan.",
    "diagnosis.gradient-none.non-differentiable.many.fix": "Pakai fungsi yang mulus di situ, atau beri gradien "
    "sendiri dengan tf.custom_gradient.",
    "diagnosis.gradient-none.left-tensorflow": "Gradien {names} adalah None karena perhitungannya keluar dari "
    "TensorFlow sebelum sampai ke loss: NumPy dan Python tidak meninggalkan jejak bagi `{tape}`.",
    "diagnosis.gradient-none.left-tensorflow.fix": "Hitung loss dari `{name}` hanya dengan fungsi tf, tf.square dan "
    "bukan np.square, tanpa .numpy(), float() atau py_function.",
    "diagnosis.gradient-none.left-tensorflow.many": "Gradien {names} adalah None karena perhitungannya keluar dari "
    "TensorFlow sebelum sampai ke loss: NumPy dan Python tidak meninggalkan jejak bagi `{tape}`.",
    "diagnosis.gradient-none.left-tensorflow.many.fix": "Hitung loss hanya dengan fungsi tf, tf.square dan bukan "
    "np.square, tanpa .numpy(), float() atau py_function.",
    "diagnosis.gradient-none.outside-tape": "Gradien {names} adalah None karena loss, atau sebagian jalan ke sana, "
    "dihitung di luar blok `{tape}`.",
    "diagnosis.gradient-none.outside-tape.fix": "Pindahkan semuanya dari `{name}` sampai loss ke dalam blok `with "
    "tf.GradientTape() as {tape}:`, lalu minta gradiennya di bawah blok itu.",
    "diagnosis.gradient-none.outside-tape.many": "Gradien {names} adalah None karena loss, atau sebagian jalan ke "
    "sana, dihitung di luar blok `{tape}`.",
    "diagnosis.gradient-none.outside-tape.many.fix": "Pindahkan semuanya sampai loss ke dalam blok `with "
    "tf.GradientTape() as {tape}:`, lalu minta gradiennya di bawah blok itu.",
    "diagnosis.gradient-none.variable-replaced": "Gradien {names} adalah None karena ia bukan variabel lagi: penugasan "
    "dengan `=` menggantinya dengan tensor biasa.",
    "diagnosis.gradient-none.variable-replaced.fix": "Ubah isi variabelnya, jangan menggantinya: "
    "`{name}.assign_sub(...)` atau `{name}.assign(...)`.",
    "diagnosis.gradient-none.variable-replaced.many": "Gradien {names} adalah None karena mereka bukan variabel lagi: "
    "penugasan dengan `=` mengganti mereka dengan tensor biasa.",
    "diagnosis.gradient-none.variable-replaced.many.fix": "Ubah isi variabelnya, jangan menggantinya: "
    "`{name}.assign_sub(...)` atau `{name}.assign(...)`.",
    "diagnosis.gradient-none.unused": "Gradien {names} adalah None karena loss tidak bergantung padanya.",
    "diagnosis.gradient-none.unused.fix": "Pakai `{name}` dalam perhitungan loss, atau keluarkan ia dari daftar yang "
    "dicari gradiennya.",
    "diagnosis.gradient-none.unused.many": "Gradien {names} adalah None karena loss tidak bergantung pada mereka.",
    "diagnosis.gradient-none.unused.many.fix": "Pakai mereka dalam perhitungan loss, atau keluarkan mereka dari "
    "daftar yang dicari gradiennya.",
    "diagnosis.gradient-none.stop-gradient": "Gradien {names} adalah None karena ada tf.stop_gradient di antaranya "
    "dan loss.",
    "diagnosis.gradient-none.stop-gradient.fix": "Buang tf.stop_gradient, atau pasang hanya pada apa yang memang "
    "dianggap konstanta.",
    "diagnosis.gradient-none.stop-gradient.many": "Gradien {names} adalah None karena ada tf.stop_gradient di antara "
    "mereka dan loss.",
    "diagnosis.gradient-none.stop-gradient.many.fix": "Buang tf.stop_gradient, atau pasang hanya pada apa yang memang "
    "dianggap konstanta.",
    "diagnosis.gradient-none.untrainable": "Gradien {names} adalah None karena variabel itu dibuat dengan "
    "trainable=False, dan tape tidak mengamatinya.",
    "diagnosis.gradient-none.untrainable.fix": "Buat ia bisa dilatih, panggil `{tape}.watch({name})`, atau keluarkan "
    "ia dan pakai model.trainable_variables.",
    "diagnosis.gradient-none.untrainable.many": "Gradien {names} adalah None karena variabel-variabel itu dibuat "
    "dengan trainable=False, dan tape tidak mengamatinya.",
    "diagnosis.gradient-none.untrainable.many.fix": "Buat mereka bisa dilatih, panggil `{tape}.watch(...)` untuk "
    "mereka, atau keluarkan mereka dan pakai model.trainable_variables.",
    "diagnosis.gradient-none.unknown": "Gradien {names} adalah None: tidak ada yang menghubungkannya dengan loss dan "
    "bisa diikuti `{tape}`.",
    "diagnosis.gradient-none.unknown.fix": "Hitung loss dari `{name}` di dalam blok tape, dengan fungsi tf dan dalam "
    "bilangan pecahan.",
    "diagnosis.gradient-none.unknown.many": "Gradien {names} adalah None: tidak ada yang menghubungkan mereka dengan "
    "loss dan bisa diikuti `{tape}`.",
    "diagnosis.gradient-none.unknown.many.fix": "Hitung loss dari mereka di dalam blok tape, dengan fungsi tf dan "
    "dalam bilangan pecahan.",
    "diagnosis.gradient-none.no-gradients": "Optimizer tidak diberi gradien sama sekali: semuanya None.",
    "diagnosis.gradient-none.no-gradients.fix": "Cetak gradiennya sebelum diterapkan, dan hitung loss dari variabel "
    "itu di dalam blok tape.",
    # --- retracing -----------------------------------------------------------------------------------------------
    "diagnosis.retracing": "`{function}` di-trace terus-menerus: {reason}",
    "diagnosis.retracing.fix": "{fix}",
    # --- variable-created-in-function ----------------------------------------------------------------------------
    "diagnosis.variable-created-in-function": "Sebuah tf.Variable dibuat di dalam tf.function, yang akan membuat yang "
    "baru pada setiap trace.",
    "diagnosis.variable-created-in-function.fix": "Buat variabelnya sekali saja di luar fungsi, dan pakai saja di "
    "dalamnya.",
    "diagnosis.variable-created-in-function.named": "`{variable}` adalah variabel yang dibuat di dalam tf.function "
    "`{function}`, yang akan membuat yang baru pada setiap trace.",
    "diagnosis.variable-created-in-function.named.fix": "Buat `{variable}` sekali saja di luar `{function}`; dalam "
    "kelas, di `__init__`, atau di balik `if self.v is None:`.",
}
