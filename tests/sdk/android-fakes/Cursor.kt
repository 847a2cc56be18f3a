// Rows that a provider of documents answers.

package android.database

import java.io.Closeable

interface Cursor : Closeable {
    fun moveToFirst(): Boolean
    fun getString(column: Int): String?
}

/** One row with one column. */
class OneRow(private val text: String) : Cursor {
    override fun moveToFirst(): Boolean = true
    override fun getString(column: Int): String = text.also { check(column == 0) }
    override fun close() = Unit
}
