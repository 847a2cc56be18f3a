// Documents that the user picks, and files that come with the app, as the library wants them.

package dev.carrel.android

import android.content.Context
import android.net.Uri
import android.provider.OpenableColumns
import dev.carrel.CarrelException
import dev.carrel.Source
import java.io.File
import java.io.IOException
import java.io.InputStream
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/**
 * The document behind [uri], copied into the app's own files, so that a reading that was interrupted
 * can go on after the permission for the URI is gone. The document goes by its name for people.
 */
public suspend fun Context.documentSource(uri: Uri): Source = withContext(Dispatchers.IO) {
    val name = displayName(uri)
    val file = File(File(filesDir, "carrel-documents"), name.replace('/', '_'))
    copy(name, file) { contentResolver.openInputStream(uri) }
    Source.File(file.path, name)
}

/**
 * The path of a model that comes with the app as an asset. It is copied once, because models are
 * mapped into memory from files.
 */
public suspend fun Context.modelFromAssets(asset: String): String = withContext(Dispatchers.IO) {
    val file = File(File(filesDir, "carrel-models"), asset.replace('/', '_'))
    if (!file.exists()) copy(asset, file) { assets.open(asset) }
    file.path
}

/** Copies beside [file] first, so that a copy that was killed is not taken for a whole one. */
private fun copy(what: String, file: File, open: () -> InputStream?) {
    try {
        val input = open() ?: throw CarrelException.Missing(what, "its provider gives nothing")
        file.parentFile?.mkdirs()
        val part = File(file.path + ".part")
        input.use { from -> part.outputStream().use { to -> from.copyTo(to) } }
        if (!part.renameTo(file)) throw IOException("cannot rename ${part.path}")
    } catch (error: IOException) {
        throw CarrelException.Storage(what, error.message ?: error.toString())
    }
}

/** The name of a document as its provider shows it. */
private fun Context.displayName(uri: Uri): String {
    val columns = arrayOf(OpenableColumns.DISPLAY_NAME)
    val shown = contentResolver.query(uri, columns, null, null, null)?.use { rows ->
        if (rows.moveToFirst()) rows.getString(0) else null
    }
    return shown ?: uri.lastPathSegment ?: uri.toString()
}
