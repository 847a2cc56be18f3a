// Documents that can be asked.

package dev.carrel

import kotlin.time.Duration
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.first

/** Documents that can be asked. One in a file can be asked while a document is being read. */
public class Library private constructor(
    private val inner: NativeLibrary,
) : AutoCloseable {
    /**
     * Reads a document into the library, or brings the one of the same name up to date. Can be
     * cancelled or killed at any time: what was read is kept, and the next attempt goes on there.
     */
    public fun add(source: Source, cancel: CancelToken? = null): Flow<Chunk> =
        chunks { inner.add(source, cancel) }

    /** The documents, in the order in which they were first added. */
    public suspend fun documents(): List<Document> = offMain { inner.documents() }

    /** Removes a document. */
    public suspend fun remove(document: String): Unit = offMain { inner.remove(document) }

    /** The passages that fit some words best, best first; in all documents if none is named. */
    public suspend fun search(
        query: String,
        limit: Int = 10,
        documents: List<String> = emptyList(),
    ): List<Passage> = offMain { inner.search(query, limit.toUInt(), documents) }

    /**
     * Answers a question from the documents, with proof. With an engine, its model points to sentences
     * where reading words is not enough; without one, code answers alone.
     */
    public fun ask(
        question: String,
        options: AskOptions = AskOptions(),
        engine: Engine? = null,
        cancel: CancelToken? = null,
    ): Flow<Chunk> = chunks { inner.ask(question, options, engine?.inner, cancel) }

    /** The answer to a question, for whoever does not want to watch it come. */
    public suspend fun answer(
        question: String,
        options: AskOptions = AskOptions(),
        engine: Engine? = null,
    ): Answer = ask(question, options, engine).filterIsInstance<Chunk.Answered>().first().answer

    /**
     * What an answer would cost at most, with the model of this engine or without one. Looks into the
     * index, but asks no model. What a model may do and how fast it is are known once it was asked.
     */
    public suspend fun estimate(
        question: String,
        options: AskOptions = AskOptions(),
        engine: Engine? = null,
    ): Estimate = offMain { inner.estimate(question, options, engine?.inner) }

    /**
     * Lets the model of an engine read the documents, all if none is named, and write facts and summaries,
     * each tied to its sentences and checked against them: later questions are answered with them. Only a
     * model whose probe showed that it can may do that. Takes long: with a limit the parts that stand for
     * the most come first, and however it ends the next call goes on there.
     */
    public fun digest(
        engine: Engine,
        documents: List<String> = emptyList(),
        limit: Duration? = null,
        cancel: CancelToken? = null,
    ): Flow<Chunk> =
        chunks { inner.digest(engine.inner, documents, limit?.inWholeSeconds?.toULong(), cancel) }

    /** Drops everything that models wrote about a document. */
    public suspend fun forgetDigest(document: String): Unit = offMain { inner.forgetDigest(document) }

    /** The characters from [start] to [end] of a document: what to show around a citation. */
    public suspend fun text(document: String, start: ULong, end: ULong): String =
        offMain { inner.text(document, start, end) }

    /** Where pages and sections of a document begin. */
    public suspend fun outline(document: String): Outline = offMain { inner.outline(document) }

    /** The page around a citation, or as much text as a page holds where there are no pages. */
    public suspend fun page(citation: Citation): Page {
        val starts = outline(citation.document).pages
        val index = starts.indexOfLast { it <= citation.start }
        val start = starts.getOrNull(index) ?: (citation.start - minOf(citation.start, AROUND))
        val end = maxOf(starts.getOrNull(index + 1).takeIf { index >= 0 } ?: (start + PAGE), citation.end)
        val text = text(citation.document, start, end)
        // Kotlin counts in units of UTF-16, a citation in characters.
        val first = text.offsetByCodePoints(0, (citation.start - start).toInt())
        return Page(text, first, text.offsetByCodePoints(first, (citation.end - citation.start).toInt()))
    }

    /** Says how hot the device is; reading documents slows down. */
    public fun thermalHint(state: ThermalState): Unit = typed { inner.thermalHint(state) }

    /** Holds reading of documents up, between two blocks, until [resume]. */
    public fun suspend(): Unit = typed { inner.suspend() }

    /** Lets reading go on. */
    public fun resume(): Unit = typed { inner.resume() }

    /** Lets go of the library. What is in a file stays there. */
    override fun close(): Unit = inner.close()

    /** How libraries are opened. */
    public companion object {
        /** Characters before a citation, and of a page, in documents without pages. */
        private const val AROUND: ULong = 1000u
        private const val PAGE: ULong = 3000u

        /** The library in a file, which is made if there is none. */
        public suspend fun open(path: String): Library =
            offMain { Library(NativeLibrary(path)) }

        /** A library that is gone when it is closed. */
        public fun inMemory(): Library = Library(typed { NativeLibrary(null) })
    }
}

/** Text around a citation, and where in it the quote stands: [first] until [last]. */
public data class Page(val text: String, val first: Int, val last: Int)
