// Libraries: a real document with citations, progress, cancelling, updating, the page of a quote.

package dev.carrel.test

import dev.carrel.AnswerStatus
import dev.carrel.AskOptions
import dev.carrel.CarrelException
import dev.carrel.Chunk
import dev.carrel.Engine
import dev.carrel.Library
import dev.carrel.Profile
import dev.carrel.Source
import java.io.File
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.measureTime
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch

private fun diary(days: Int) =
    (0 until days).joinToString("") { "On day $it the keeper wrote ${it * 7} lines about the sea. " }

fun Checks.libraries() {
    check("a real document is asked without a model, and its quotes stand in it") {
        val handbook = File(repository, "docs/handbook.md")
        Library.open(File(folder, "papers.carrel").path).use { library ->
            val (_, added) = library.add(Source.File(handbook.path, "handbook.md")).all()
            val document = (added as Chunk.Added).document
            same("Markdown", document.format)
            val answer = library.answer("Which exit code means that the memory budget is too small?")
            same(AnswerStatus.ANSWERED, answer.status)
            holds(answer.citations.isNotEmpty(), "no citations")
            val characters = handbook.readText().codePoints().toArray()
            for (citation in answer.citations) {
                val length = (citation.end - citation.start).toInt()
                same(citation.quote, String(characters, citation.start.toInt(), length))
                val page = library.page(citation)
                same(citation.quote, page.text.substring(page.first, page.last))
            }
            same(false, (library.add(Source.File(handbook.path, "handbook.md")).all().second as Chunk.Added).changed)
            val silent = library.answer("Who was the third queen of Atlantis?")
            same(AnswerStatus.NOT_IN_DOCUMENT, silent.status)
            holds(library.search("exit code", 3).isNotEmpty(), "nothing found")
            library.remove("handbook.md")
            same(0, library.documents().size)
        }
    }
    check("a question may be asked with a model, and its price estimated") {
        Library.inMemory().use { library ->
            library.add(Source.Bytes("diary.txt", diary(300).toByteArray())).all()
            val deep = AskOptions(profile = Profile.DEEP)
            Engine.open(options()).use { engine ->
                val answer = library.answer("How many lines did the keeper write on day 12?", deep, engine)
                answer.citations.forEach { same(it.quote, library.text(it.document, it.start, it.end)) }
                // It is known by now that this model may do nothing.
                val estimate = library.estimate("What did the keeper write?", deep, engine)
                holds(estimate.passages > 0u && estimate.windows == 0u, "$estimate")
                holds(estimate.seconds != null, "$estimate")
            }
        }
    }
    check("a model writes about documents only if its probe lets it") {
        Library.inMemory().use { library ->
            library.add(Source.Bytes("diary.txt", diary(30).toByteArray())).all()
            Engine.open(options()).use { engine ->
                val refused = failure { library.digest(engine, limit = 60.seconds).all() }
                holds(refused is CarrelException.Unusable, "$refused")
            }
            library.forgetDigest("diary.txt")
        }
    }
    check("reading is cancelled at once and goes on where it was") {
        val text = diary(60_000).toByteArray()
        Library.open(File(folder, "long.carrel").path).use { library ->
            repeat(5) {
                coroutineScope {
                    val job = launch { library.add(Source.Bytes("diary.txt", text)).collect {} }
                    delay(40)
                    val wait = measureTime { job.cancel(); job.join() }
                    holds(wait < 100.milliseconds, "took $wait to stop")
                }
            }
            val first = library.add(Source.Bytes("diary.txt", text)).first()
            holds(first is Chunk.Progress && first.done < first.total, "$first")
            same(0, library.documents().size)
            holds((library.add(Source.Bytes("diary.txt", text)).all().second as Chunk.Added).changed, "read")
            same(1, library.documents().size)
        }
        noWorkers()
    }
}
