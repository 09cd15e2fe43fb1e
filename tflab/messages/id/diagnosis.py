"""Indonesian: what is wrong with a program (``diagnosis.CODE[.VARIANT]``), the mend (``.fix``), the evidence."""

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "diagnosis.more": "{names} dan {count} lagi",
    "diagnosis.tensorflow-says": "Kata TensorFlow: {message}",
    "diagnosis.recorder.key": "Operasi mana penyebabnya akan dicatat saat langkah ini dijalankan lagi; Alt+Z langsung "
    "melakukannya.",
    "diagnosis.recorder.rerun": "Operasi mana penyebabnya akan dicatat saat langkah ini dijalankan lagi.",
    "diagnosis.recorder.option": "Operasi mana penyebabnya dikatakan oleh run dengan `--record`.",
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
    "dihitung di luar blok `{tape}` atau saat ia tidak mencatat.",
    "diagnosis.gradient-none.outside-tape.fix": "Pindahkan semuanya dari `{name}` sampai loss ke dalam blok `with "
    "tf.GradientTape() as {tape}:`, lalu minta gradiennya di bawah blok itu.",
    "diagnosis.gradient-none.outside-tape.many": "Gradien {names} adalah None karena loss, atau sebagian jalan ke "
    "sana, dihitung di luar blok `{tape}` atau saat ia tidak mencatat.",
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
    # --- tape-reused -------------------------------------------------------------------------------------------------
    "diagnosis.tape-reused": "`{tape}` hanya memberi satu gradien, dan ini yang kedua: tape yang tidak persistent melupakan semuanya setelah yang pertama.",
    "diagnosis.tape-reused.fix": "Buat dengan `tf.GradientTape(persistent=True)`, atau minta semua gradien dalam satu panggilan: `{tape}.gradient(loss, [a, b])`.",
    # --- dtype-mismatch ----------------------------------------------------------------------------------------------
    "diagnosis.dtype-mismatch": "Di sini tipe {one_dtype} bertemu {other_dtype}, dan TensorFlow tidak pernah mengubah tipe dengan sendirinya.",
    "diagnosis.dtype-mismatch.fix": 'Ubah dulu salah satunya: `tf.cast(..., tf.{dtype})`; bilangan NumPy adalah float64 kecuali diberi `dtype="float32"`.',
    "diagnosis.dtype-mismatch.named": "`{one}` bertipe {one_dtype} dan `{other}` bertipe {other_dtype}, dan TensorFlow tidak pernah mengubah tipe dengan sendirinya.",
    "diagnosis.dtype-mismatch.named.fix": "Tulis `tf.cast({odd}, tf.{dtype})`, atau jadikan `{odd}` {dtype} sejak awal.",
    "diagnosis.dtype-mismatch.python": "Bilangan Python {value} tidak bisa menjadi {dtype}, tipe operan yang lain.",
    "diagnosis.dtype-mismatch.python.fix": "Ubah dulu tensornya dengan `tf.cast(..., tf.float32)`, atau tulis bilangan yang {dtype}.",
    # --- optimizer-reused --------------------------------------------------------------------------------------------
    "diagnosis.optimizer-reused": "`{optimizer}` sudah milik variabel lain dan tidak mengenal `{variable}`: optimizer menyimpan keadaan untuk variabel yang pertama dilihatnya.",
    "diagnosis.optimizer-reused.fix": "Buat yang baru untuk setiap model: `{optimizer} = keras.optimizers.{kind}(...)`.",
    # --- optimizer-recreated -----------------------------------------------------------------------------------------
    "diagnosis.optimizer-recreated": "`{optimizer}` dibuat baru di setiap langkah: yang disimpan {kind} dari langkah ke langkah selalu hilang.",
    "diagnosis.optimizer-recreated.fix": "Buat sekali, sebelum loop, dan di dalamnya panggil metodenya saja.",
    # --- symbolic-value ----------------------------------------------------------------------------------------------
    "diagnosis.symbolic-value.numpy": "`{tensor}` tidak punya `.{method}()` di sini: selama tf.function di-trace, tensor mewakili nilai yang baru akan datang.",
    "diagnosis.symbolic-value.numpy.fix": "Hitung dengan `{tensor}` itu sendiri, cetak dengan tf.print, dan panggil `.{method}()` di luar, pada nilai kembalian fungsi.",
    "diagnosis.symbolic-value.numpy-call": "`{call}` meminta NumPy menghitung dengan tensor yang belum bernilai: sebuah tf.function sedang di-trace.",
    "diagnosis.symbolic-value.numpy-call.fix": "Pakai fungsi TensorFlow yang sama, `tf.` atau `tf.math.` dan bukan `np.`.",
    "diagnosis.symbolic-value.numpy-call.same": "`{call}` meminta NumPy menghitung dengan tensor yang belum bernilai: sebuah tf.function sedang di-trace.",
    "diagnosis.symbolic-value.numpy-call.same.fix": "Tulis `{new}` dan bukan `{old}`.",
    "diagnosis.symbolic-value.number": "`{call}` menginginkan bilangan, padahal selama tf.function di-trace tensor mewakili nilai yang baru akan datang.",
    "diagnosis.symbolic-value.number.fix": "Biarkan sebagai tensor: `tf.cast(..., tf.float32)` dan bukan `float(...)`.",
    "diagnosis.symbolic-value.bool": "Sebuah tensor menentukan `if`, `while`, `and` atau `assert` Python di sini, padahal ia belum bernilai selama tf.function di-trace dan AutoGraph tidak mengubah kode ini.",
    "diagnosis.symbolic-value.bool.fix": "Pakai `tf.cond` atau `tf.where`, atau biarkan AutoGraph mengubahnya: tanpa `autograph=False`, dan kodenya dalam berkas atau sel sendiri.",
    "diagnosis.symbolic-value.iteration": "Sebuah loop Python berjalan di atas tensor di sini, padahal ia belum bernilai selama tf.function di-trace dan AutoGraph tidak mengubah loop ini.",
    "diagnosis.symbolic-value.iteration.fix": "Tulis pernyataan `for` biasa atas `tf.range(n)` atau tensornya, atau pakai `tf.map_fn`; list comprehension tidak diubah.",
    "diagnosis.symbolic-value.escaped": "Tensor milik bagian dalam sebuah tf.function dipakai di luarnya: ia hanya mewakili nilai selama fungsi itu di-trace.",
    "diagnosis.symbolic-value.escaped.fix": "Kembalikan lewat return, jangan menyimpannya dalam list, atribut atau global.",
    "diagnosis.symbolic-value.keras": "`{call}` adalah fungsi TensorFlow, padahal diberi tensor simbolis Keras, yang mewakili masukan yang akan datang.",
    "diagnosis.symbolic-value.keras.fix": "Pakai yang dari `keras.ops`, atau taruh panggilan itu dalam `call` sebuah layer atau `keras.layers.Lambda`.",
    # --- fixed-signature ---------------------------------------------------------------------------------------------
    "diagnosis.fixed-signature": "`{function}` dipanggil dengan bentuk {given}, padahal input_signature-nya hanya mengizinkan {wanted}.",
    "diagnosis.fixed-signature.fix": "Biarkan sumbunya terbuka: `{spec}`.",
    "diagnosis.fixed-signature.rank": "`{function}` dipanggil dengan bentuk {given}, padahal jumlah sumbu input_signature-nya lain: {wanted}.",
    "diagnosis.fixed-signature.rank.fix": "Ubah bentuknya sebelum memanggil, atau ubah bentuk dalam tf.TensorSpec.",
    # --- tensor-assignment -------------------------------------------------------------------------------------------
    "diagnosis.tensor-assignment.tensor": "`{target}` tidak bisa diisi: tensor tidak pernah berubah.",
    "diagnosis.tensor-assignment.tensor.fix": "Buat yang baru: `{instead}`; atau jadikan `{name}` tf.Variable dan pakai `.assign`.",
    "diagnosis.tensor-assignment.tensor.unnamed": "Sebuah tensor diisi di sini, padahal tensor tidak pernah berubah.",
    "diagnosis.tensor-assignment.tensor.unnamed.fix": "Buat yang baru dengan `tf.tensor_scatter_nd_update`, atau pakai tf.Variable dan `.assign`.",
    "diagnosis.tensor-assignment.variable": "`{target}` tidak bisa diisi dengan `=`: isi tf.Variable diubah lewat method.",
    "diagnosis.tensor-assignment.variable.fix": "Tulis `{instead}`.",
    "diagnosis.tensor-assignment.variable.unnamed": "Isi sebuah tf.Variable diubah dengan `=`, padahal ia diubah lewat method.",
    "diagnosis.tensor-assignment.variable.unnamed.fix": "Tulis `v[i].assign(value)`.",
    # --- swapped-gradients -------------------------------------------------------------------------------------------
    "diagnosis.swapped-gradients": "`{call}` memberi optimizer variabel di tempat gradien, dan gradien di tempat variabel.",
    "diagnosis.swapped-gradients.fix": "Gradien lebih dulu: `{method}(zip(gradients, variables))`; `apply(gradients, variables)`.",
    "diagnosis.swapped-gradients.zip": "`{call}` memberi optimizer sepasang list; yang diharapkannya adalah list berisi pasangan (gradien, variabel).",
    "diagnosis.swapped-gradients.zip.fix": "Tulis `{method}(zip(gradients, variables))`.",
    # --- label-out-of-range ------------------------------------------------------------------------------------------
    "diagnosis.label-out-of-range": "Label {label} di luar kelas 0 sampai {last}: model ini punya {classes} keluaran.",
    "diagnosis.label-out-of-range.fix": "Beri layer terakhir {needed} keluaran, atau nomori label dari 0 sampai {last}.",
    "diagnosis.label-out-of-range.next": "Label {label} kelebihan satu untuk {classes} keluaran, yang dinomori dari 0 sampai {last}.",
    "diagnosis.label-out-of-range.next.fix": "Kurangi 1 kalau label Anda mulai dari 1; kalau tidak, beri layer terakhir {needed} keluaran.",
    "diagnosis.label-out-of-range.one": "Label {label} butuh keluaran sendiri, padahal hanya ada satu keluaran.",
    "diagnosis.label-out-of-range.one.fix": "Untuk ya dan tidak dengan satu keluaran pakai binary cross-entropy; untuk kelas beri layer terakhir {needed} keluaran atau lebih.",
    # --- memory-limit ------------------------------------------------------------------------------------------------
    "diagnosis.memory-limit": "Tidak ada memori lagi untuk yang dihitung di sini.",
    "diagnosis.memory-limit.fix": "Pakai batch atau layer yang lebih kecil, jangan simpan tensor langkah lama dalam list, atau naikkan batas dengan --memory.",
    "diagnosis.memory-limit.shape": "Tidak ada memori lagi untuk tensor berbentuk {shape}.",
    "diagnosis.memory-limit.shape.fix": "Pakai batch atau layer yang lebih kecil, jangan simpan tensor langkah lama dalam list, atau naikkan batas dengan --memory.",
    # --- keras2-api --------------------------------------------------------------------------------------------------
    "diagnosis.keras2-api.renamed": "`{old}` adalah nama di Keras 2; ini Keras 3.",
    "diagnosis.keras2-api.renamed.fix": "Tulis `{new}`.",
    "diagnosis.keras2-api.argument": "Argumen `{old}` milik Keras 2; Keras 3 tidak menerimanya lagi.",
    "diagnosis.keras2-api.argument.fix": "Buang `{old}`.",
    "diagnosis.keras2-api.decay": "`decay` pada optimizer berasal dari Keras 2: Keras 3 mengabaikannya, dan laju belajar tetap.",
    "diagnosis.keras2-api.decay.fix": "Berikan jadwal: `learning_rate=keras.optimizers.schedules.InverseTimeDecay(rate, 1, decay)`.",
    "diagnosis.keras2-api.set": "`lr` pada optimizer berasal dari Keras 2: di Keras 3 mengisinya tidak mengubah apa pun.",
    "diagnosis.keras2-api.set.fix": "Isi `learning_rate`.",
    "diagnosis.keras2-api.save": "Menyimpan ke folder atau tanpa akhiran adalah cara Keras 2; Keras 3 melihat nama berkasnya.",
    "diagnosis.keras2-api.save.fix": 'Tulis `model.save("model.keras")`; untuk TensorFlow Serving atau TFLite `model.export("folder")`.',
    "diagnosis.keras2-api.save-weights": "Keras 3 hanya menyimpan bobot ke berkas yang berakhiran `.weights.h5`.",
    "diagnosis.keras2-api.save-weights.fix": 'Tulis `"model.weights.h5"`.',
    "diagnosis.keras2-api.checkpoint": "Keras 3 hanya menulis checkpoint ke berkas yang berakhiran `.keras`.",
    "diagnosis.keras2-api.checkpoint.fix": 'Tulis `"model.keras"`, atau `"model.weights.h5"` dengan `save_weights_only=True`.',
    "diagnosis.keras2-api.load": "Keras 3 tidak memuat folder SavedModel, yang ditulis Keras 2.",
    "diagnosis.keras2-api.load.fix": 'Muat berkas `.keras` atau `.h5`, atau bungkus foldernya: `keras.layers.TFSMLayer(folder, call_endpoint="serving_default")`.',
    "diagnosis.keras2-api.add-weight": "Di Keras 3 argumen pertama `add_weight` adalah bentuk, bukan lagi nama.",
    "diagnosis.keras2-api.add-weight.fix": 'Tulis `self.add_weight(name="w", shape=...)`.',
    "diagnosis.keras2-api.add-metric": "`add_metric` milik Keras 2; Keras 3 hanya menyisakan namanya.",
    "diagnosis.keras2-api.add-metric.fix": "Buat `keras.metrics.Mean()` di `__init__` dan panggil `update_state(...)`-nya.",
    "diagnosis.keras2-api.legacy": "`keras.optimizers.legacy` sudah tidak ada di Keras 3.",
    "diagnosis.keras2-api.legacy.fix": "Ambil optimizer bernama sama dari `keras.optimizers`.",
    "diagnosis.keras2-api.reduction": '`reduction="auto"` milik Keras 2.',
    "diagnosis.keras2-api.reduction.fix": 'Tulis `reduction="sum_over_batch_size"`, yaitu bawaannya, atau buang saja.',
    # --- network-denied ------------------------------------------------------------------------------------------
    "diagnosis.denied.says": "Galatnya: {message}",
    "diagnosis.network-denied.program": "Program ini ingin memakai jaringan, padahal sesi tidak memilikinya.",
    "diagnosis.network-denied.program.fix": "Jalankan dengan --allow-net kalau Anda memercayainya: "
    "`tflab run --allow-net FILE`.",
    "diagnosis.network-denied.program.address": "Program ini ingin menghubungi {address}, padahal sesi tidak punya "
    "jaringan.",
    "diagnosis.network-denied.program.address.fix": "Jalankan dengan --allow-net kalau Anda memercayainya, atau unduh "
    "sendiri berkasnya dan letakkan di samping program.",
    "diagnosis.network-denied.lesson": "Kode ini ingin memakai jaringan, padahal sesi pelajaran tidak memilikinya.",
    "diagnosis.network-denied.lesson.fix": "Pakailah data yang disertakan dalam pelajaran; untuk mengunduh, taruh kode "
    "ke dalam berkas dan jalankan `tflab open --allow-net FILE`.",
    "diagnosis.network-denied.lesson.address": "Kode ini ingin menghubungi {address}, padahal sesi pelajaran tidak "
    "punya jaringan.",
    "diagnosis.network-denied.lesson.address.fix": "Pakailah data yang disertakan dalam pelajaran; untuk mengunduh, "
    "taruh kode ke dalam berkas dan jalankan `tflab open --allow-net FILE`.",
    # --- file-denied ---------------------------------------------------------------------------------------------
    "diagnosis.file-denied.read.program": "Sesi tidak boleh membaca {path}.",
    "diagnosis.file-denied.read.program.fix": "Jalankan program dengan --allow-read {path}.",
    "diagnosis.file-denied.read.lesson": "Sesi pelajaran tidak boleh membaca {path}.",
    "diagnosis.file-denied.read.lesson.fix": "Taruh kode ke dalam berkas dan jalankan "
    "`tflab open --allow-read {path} FILE`.",
    "diagnosis.file-denied.write.program": "Sesi tidak boleh menulis {path}.",
    "diagnosis.file-denied.write.program.fix": "Tulislah di folder tempat program dijalankan, atau jalankan dengan "
    "--allow-write {folder}.",
    "diagnosis.file-denied.write.lesson": "Sesi pelajaran tidak boleh menulis {path}.",
    "diagnosis.file-denied.write.lesson.fix": "Tulislah ke nama tanpa folder, yang masuk ke folder sesi sendiri; untuk "
    "menyimpan berkas, pakai `tflab open --allow-write {folder} FILE`.",
    "diagnosis.file-denied.elsewhere.program": "{path} tidak ada: sesi punya {place} sendiri.",
    "diagnosis.file-denied.elsewhere.program.fix": "Kalau Anda punya berkas itu, jalankan program dengan --allow-read "
    "dan jalur lengkapnya, lalu bukalah lewat jalur itu.",
    "diagnosis.file-denied.elsewhere.lesson": "{path} tidak ada: sesi pelajaran punya {place} sendiri.",
    "diagnosis.file-denied.elsewhere.lesson.fix": "Kalau Anda punya berkas itu, taruh kode ke dalam program di "
    "sampingnya dan jalankan `tflab open FILE`.",
    "diagnosis.file-denied.size": "Sebuah berkas melampaui ukuran yang boleh ditulis sesi.",
    "diagnosis.file-denied.size.fix": "Tulislah beberapa berkas yang lebih kecil, atau naikkan batasnya: --disk GIB.",
    # --- shape-broadcast ---------------------------------------------------------------------------------------------
    "diagnosis.shape-broadcast": "Bentuk {left_shape} dikurangi atau dibandingkan dengan bentuk {right_shape}, dan broadcasting menjadikannya {result_shape}: setiap target bertemu setiap prediksi.",
    "diagnosis.shape-broadcast.fix": "Samakan bentuk keduanya sebelum mengurangi: `tf.squeeze(..., axis=-1)` pada yang punya sumbu tambahan.",
    "diagnosis.shape-broadcast.named": "`{left}` berbentuk {left_shape} dan `{right}` berbentuk {right_shape}; selisihnya berbentuk {result_shape}: setiap target bertemu setiap prediksi.",
    "diagnosis.shape-broadcast.named.fix": "Tulis `tf.squeeze({column}, axis=-1)`, supaya bentuk keduanya sama.",
    # --- logits-mismatch ---------------------------------------------------------------------------------------------
    "diagnosis.logits-mismatch.logits-given": "Loss ini mengharapkan peluang, tetapi diberi bilangan dari {lowest} sampai {highest}: itu logit.",
    "diagnosis.logits-mismatch.logits-given.fix": 'Buat loss dengan `from_logits=True`, atau akhiri model dengan `activation="{activation}"`.',
    "diagnosis.logits-mismatch.logits-given.linear": "Loss ini mengharapkan peluang, tetapi diberi hasil layer tanpa aktivasi: itu logit.",
    "diagnosis.logits-mismatch.logits-given.linear.fix": 'Buat loss dengan `from_logits=True`, atau akhiri model dengan `activation="{activation}"`.',
    "diagnosis.logits-mismatch.probabilities-given": "Loss ini mengharapkan logit, tetapi diberi peluang, bilangan dari {lowest} sampai {highest}: {activation} diterapkan dua kali.",
    "diagnosis.logits-mismatch.probabilities-given.fix": "Buat loss tanpa `from_logits=True`, atau lepas {activation} dari ujung model.",
    "diagnosis.logits-mismatch.probabilities-given.graph": "Loss ini mengharapkan logit, tetapi diberi hasil {activation}: itu peluang.",
    "diagnosis.logits-mismatch.probabilities-given.graph.fix": "Buat loss tanpa `from_logits=True`, atau lepas {activation} dari ujung model.",
    # --- untracked-variable ------------------------------------------------------------------------------------------
    "diagnosis.untracked-variable": "Loss bergantung pada `{attribute}` milik `{layer}`, tetapi ia tidak dilatih: Keras tidak melihat tf.Variable mentah dalam layer.",
    "diagnosis.untracked-variable.fix": "Buat dengan `self.{attribute} = self.add_weight(shape={shape})`, atau dengan `keras.Variable(...)`.",
    # --- regularization-ignored --------------------------------------------------------------------------------------
    "diagnosis.regularization-ignored": "{names} punya regularizer, tetapi penaltinya bukan bagian dari loss ini.",
    "diagnosis.regularization-ignored.fix": "Tambahkan di dalam blok tape: `loss = tf.add_n([loss] + model.losses)`.",
    "diagnosis.regularization-ignored.added": "{names} memanggil `add_loss`, tetapi yang ditambahkannya bukan bagian dari loss ini.",
    "diagnosis.regularization-ignored.added.fix": "Tambahkan di dalam blok tape: `loss = tf.add_n([loss] + model.losses)`.",
    # --- training-flag-missing ---------------------------------------------------------------------------------------
    "diagnosis.training-flag-missing": "{names} berjalan di sini seperti saat prediksi, padahal model sedang dilatih.",
    "diagnosis.training-flag-missing.fix": "Panggil model dengan `training=True` di dalam blok tape.",
    "diagnosis.training-flag-missing.named": "`{call}` menjalankan {names} seperti saat prediksi, padahal model sedang dilatih.",
    "diagnosis.training-flag-missing.named.fix": "Tulis `{instead}`.",
    # --- variable-created-in-function --------------------------------------------------------------------------------
    "diagnosis.variable-created-in-function": "Sebuah variabel dibuat di dalam tf.function, yang akan membuat yang baru pada setiap trace.",
    "diagnosis.variable-created-in-function.fix": "Buat sekali saja di luar fungsi, dan pakai saja di dalamnya.",
    "diagnosis.variable-created-in-function.variable": "`{name}` adalah variabel yang dibuat di dalam tf.function `{function}`, yang akan membuat yang baru pada setiap trace.",
    "diagnosis.variable-created-in-function.variable.fix": "Buat `{name}` sekali saja di luar `{function}`; dalam kelas, di `__init__`, atau di balik `if self.v is None:`.",
    "diagnosis.variable-created-in-function.layer": "`{name}` adalah layer yang dibuat di dalam tf.function `{function}`, dengan bobot baru pada setiap trace.",
    "diagnosis.variable-created-in-function.layer.fix": "Buat `{name}` sekali saja di luar `{function}`, dan panggil saja di dalamnya.",
    "diagnosis.variable-created-in-function.optimizer": "`{name}` adalah optimizer yang dibuat di dalam tf.function `{function}`, dan akan melupakan keadaannya pada setiap trace.",
    "diagnosis.variable-created-in-function.optimizer.fix": "Buat `{name}` sekali saja di luar `{function}`, dan panggil saja method-nya di dalam.",
    # --- layer-created-in-call ---------------------------------------------------------------------------------------
    "diagnosis.layer-created-in-call": "`{layer}` dibuat baru setiap kali `{parent}` dipanggil: bobotnya selalu baru dan tidak pernah dilatih.",
    "diagnosis.layer-created-in-call.fix": "Buat sekali saja, di `__init__` milik `{parent}` (`self.layer = ...`), dan panggil saja di `call`.",
    "diagnosis.layer-created-in-call.kept": "`{name}` adalah layer yang dibuat di `call`, padahal induknya sudah punya semua bobotnya.",
    "diagnosis.layer-created-in-call.kept.fix": "Buat di `__init__`, dan panggil saja di `call`.",
    "diagnosis.layer-created-in-call.weight": "`{name}` adalah bobot yang dibuat di `call`, padahal layer itu sudah punya semua bobotnya.",
    "diagnosis.layer-created-in-call.weight.fix": "Buat di `__init__` atau di `build(self, input_shape)`, dan pakai saja di `call`.",
    # --- iterator-exhausted ------------------------------------------------------------------------------------------
    "diagnosis.iterator-exhausted": "Loop atas `{iterator}` tidak berjalan lagi: `{iterator}` sudah memberi semuanya pada kali pertama, dan ada di ujungnya.",
    "diagnosis.iterator-exhausted.fix": "Lakukan loop atas yang memberi iterator baru setiap kali: dataset itu sendiri, atau sebuah list; atau buat `{iterator}` baru sebelum setiap putaran.",
    "diagnosis.iterator-exhausted.next": "`{iterator}` ada di ujungnya: tidak ada lagi untuk `next`.",
    "diagnosis.iterator-exhausted.next.fix": "Buat iterator baru dengan `iter(dataset)`, pakai loop `for`, atau buat dataset tanpa akhir dengan `.repeat()`.",
    # --- metric-not-reset --------------------------------------------------------------------------------------------
    "diagnosis.metric-not-reset": "`{metric}` sudah menghitung {passes} putaran sekaligus: tidak ada yang meresetnya di antaranya.",
    "diagnosis.metric-not-reset.fix": "Panggil `{metric}.reset_state()` di awal setiap putaran.",
    # --- diverging ---------------------------------------------------------------------------------------------------
    "diagnosis.diverging": "Loss membesar dari langkah ke langkah, dari {first} menjadi {value} pada langkah {step}: pelatihan divergen.",
    "diagnosis.diverging.fix": "Kecilkan learning rate sepuluh kali, pakai rata-rata dan bukan jumlah atas batch, skalakan masukan, atau potong gradien.",
    # --- loss-not-finite ---------------------------------------------------------------------------------------------
    "diagnosis.loss-not-finite": "Loss adalah {value} mulai langkah {step}.",
    "diagnosis.loss-not-finite.fix": "Cari logaritma dari 0, pembagian dengan 0, atau exp dari bilangan besar; pakai fungsi loss yang menerima logit.",
    "diagnosis.loss-not-finite.log": "Loss adalah {value} mulai langkah {step}: `{operation}` mengambil logaritma dari 0 atau kurang.",
    "diagnosis.loss-not-finite.log.fix": "Jaga agar di atas 0, `tf.math.log({operand} + 1e-7)`, atau pakai fungsi loss yang menerima logit.",
    "diagnosis.loss-not-finite.log.perhaps": "Loss adalah {value} mulai langkah {step}; mungkin `{operation}` mengambil logaritma dari 0 atau kurang.",
    "diagnosis.loss-not-finite.log.perhaps.fix": "Jaga agar di atas 0, `tf.math.log({operand} + 1e-7)`, atau pakai fungsi loss yang menerima logit.",
    "diagnosis.loss-not-finite.div": "Loss adalah {value} mulai langkah {step}: `{operation}` membagi dengan 0.",
    "diagnosis.loss-not-finite.div.fix": "Jaga agar pembagi di atas 0, atau tulis `tf.math.divide_no_nan(...)`.",
    "diagnosis.loss-not-finite.div.perhaps": "Loss adalah {value} mulai langkah {step}; mungkin `{operation}` membagi dengan 0.",
    "diagnosis.loss-not-finite.div.perhaps.fix": "Jaga agar pembagi di atas 0, atau tulis `tf.math.divide_no_nan(...)`.",
    "diagnosis.loss-not-finite.exp": "Loss adalah {value} mulai langkah {step}: `{operation}` terlalu besar untuk sebuah bilangan.",
    "diagnosis.loss-not-finite.exp.fix": "Skalakan masukan, atau pakai bentuk yang stabil: tf.nn.softmax, tf.nn.softplus, tf.reduce_logsumexp.",
    # --- gradient-not-finite -----------------------------------------------------------------------------------------
    "diagnosis.gradient-not-finite": "Gradien {names} bukan bilangan mulai langkah {step}, padahal loss masih bilangan.",
    "diagnosis.gradient-not-finite.fix": "Cari akar atau norma dari 0, dan tf.where yang cabang lainnya tidak berhingga.",
    "diagnosis.gradient-not-finite.where": "Gradien {names} bukan bilangan mulai langkah {step}: `{operation}` tidak berhingga di tempat tf.where tidak memilihnya, dan kemiringannya tetap ikut dihitung.",
    "diagnosis.gradient-not-finite.where.fix": "Amankan dulu operannya: `tf.where(condition, {operand}, 1.0)` di dalam, lalu tf.where yang luar.",
    "diagnosis.gradient-not-finite.where.perhaps": "Gradien {names} bukan bilangan mulai langkah {step}; mungkin karena `{operation}` tidak berhingga di tempat tf.where tidak memilihnya: kemiringannya tetap ikut dihitung.",
    "diagnosis.gradient-not-finite.where.perhaps.fix": "Amankan dulu operannya: `tf.where(condition, {operand}, 1.0)` di dalam, lalu tf.where yang luar.",
    "diagnosis.gradient-not-finite.sqrt": "Gradien {names} bukan bilangan mulai langkah {step}: `{operation}` tidak punya kemiringan berhingga di 0.",
    "diagnosis.gradient-not-finite.sqrt.fix": "Jaga agar di atas 0: `tf.sqrt(... + 1e-12)`.",
    "diagnosis.gradient-not-finite.sqrt.perhaps": "Gradien {names} bukan bilangan mulai langkah {step}; mungkin karena `{operation}` tidak punya kemiringan berhingga di 0.",
    "diagnosis.gradient-not-finite.sqrt.perhaps.fix": "Jaga agar di atas 0: `tf.sqrt(... + 1e-12)`.",
    # --- stale-capture -----------------------------------------------------------------------------------------------
    "diagnosis.stale-capture": "`{function}` masih memakai `{name}` dari saat di-trace ({traced}); sekarang {current}, tetapi graf tidak melihatnya.",
    "diagnosis.stale-capture.fix": "Berikan `{name}` ke fungsi sebagai argumen, atau simpan yang berubah dalam tf.Variable dan ubah dengan `.assign`.",
    "diagnosis.stale-capture.number": "`{function}` masih menghitung dengan `{name}` = {traced}, nilai saat di-trace; `{name}` sekarang {current}, tetapi graf tidak melihatnya.",
    "diagnosis.stale-capture.number.fix": "Simpan dalam `tf.Variable({traced})` dan ubah dengan `.assign`, atau berikan ke fungsi sebagai tensor.",
    # --- python-side-effect ------------------------------------------------------------------------------------------
    "diagnosis.python-side-effect.print": "Print ini berjalan saat `{function}` di-trace, {traces} kali untuk {calls} panggilan.",
    "diagnosis.python-side-effect.print.fix": "Tulis tf.print supaya mencetak pada setiap panggilan.",
    "diagnosis.python-side-effect.added": "`{name}` bertambah saat `{function}` di-trace, {traces} kali untuk {calls} panggilan; isinya tensor tanpa nilai.",
    "diagnosis.python-side-effect.added.fix": "Kembalikan nilainya dan tambahkan di luar `{function}`, atau pakai tf.TensorArray.",
    "diagnosis.python-side-effect.changed": "`{name}` diubah saat `{function}` di-trace, {traces} kali untuk {calls} panggilan.",
    "diagnosis.python-side-effect.changed.fix": "Jadikan `{name}` tf.Variable dan ubah dengan `.assign` atau `.assign_add`, atau ubah di luar `{function}`.",
    "diagnosis.python-side-effect.random": "{name} mengambil bilangan acak saat `{function}` di-trace, {traces} kali untuk {calls} panggilan: panggilan lain memakai yang sama.",
    "diagnosis.python-side-effect.random.fix": "Pakai `tf.random.normal`, `tf.random.uniform` atau `tf.random.Generator` di dalam fungsi.",
    "diagnosis.recorded": "`{operation}` di baris ini yang pertama membuat {what}.",
    "diagnosis.recorded.fix": "Lihat apa yang diterimanya, dan jauhkan itu dari tempat operasinya tidak bernilai.",
    "diagnosis.recorded.seen": "Ia diberi {inputs}.",
    "diagnosis.recorded.gradient": "Gradien baris ini yang pertama membuat {what}, dalam `{operation}`.",
    "diagnosis.recorded.gradient.fix": "Jauhkan operannya dari tempat kemiringan tak terbatas: akar atau norma dari 0, tf.where yang cabang lainnya tidak berhingga.",
    "diagnosis.recorded.gradient.seen": "Ia diberi {inputs}.",
    "diagnosis.recorded.came-in": "{what} sudah ada ketika `{operation}` di baris ini menerimanya: ia datang bersama data, atau ditinggalkan jalan sebelumnya.",
    "diagnosis.recorded.came-in.fix": "Periksa data dengan tf.debugging.assert_all_finite, atau mulai lagi dari variabel baru.",
    "diagnosis.recorded.came-in.seen": "Ia diberi {inputs}.",
}
