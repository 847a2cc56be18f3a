// Files of an app, what providers of documents answer, and services of the system.

package android.content

import android.content.res.AssetManager
import android.database.Cursor
import android.database.OneRow
import android.net.Uri
import java.io.File
import java.io.InputStream

open class Context {
    val assetManager = AssetManager()
    val resolver = ContentResolver()
    val services = mutableMapOf<String, Any>()
    var files: File = File("/nonexistent")

    open fun getFilesDir(): File = files
    open fun getAssets(): AssetManager = assetManager
    open fun getContentResolver(): ContentResolver = resolver
    open fun getSystemService(name: String): Any? = services[name]

    companion object {
        const val POWER_SERVICE: String = "power"
    }
}

open class ContentResolver {
    /** Names for people and contents, by address; no contents where the provider gives nothing. */
    val documents = mutableMapOf<Uri, Pair<String?, ByteArray?>>()

    fun query(
        uri: Uri,
        columns: Array<String>?,
        selection: String?,
        arguments: Array<String>?,
        order: String?,
    ): Cursor? {
        check(columns?.size == 1 && selection == null && arguments == null && order == null)
        return documents[uri]?.first?.let { OneRow(it) }
    }

    fun openInputStream(uri: Uri): InputStream? = documents[uri]?.second?.inputStream()
}
