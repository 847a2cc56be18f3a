// Files of an app's package, as tests put them there.

package android.content.res

import java.io.FileNotFoundException
import java.io.InputStream

class AssetManager {
    val contents = mutableMapOf<String, ByteArray>()

    fun open(name: String): InputStream = contents[name]?.inputStream() ?: throw FileNotFoundException(name)
}
