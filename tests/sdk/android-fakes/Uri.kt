// An address of a document.

package android.net

class Uri(private val text: String) {
    fun getLastPathSegment(): String? = text.substringAfterLast('/').ifEmpty { null }
    override fun toString(): String = text
}
