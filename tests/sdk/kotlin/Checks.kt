// A runner of checks: no test framework is needed where there is only a compiler.

package dev.carrel.test

import dev.carrel.CarrelException
import dev.carrel.Chunk
import dev.carrel.EngineOptions
import dev.carrel.GenerateOptions
import java.io.File
import kotlin.system.exitProcess
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking

/** Runs named checks and remembers which failed. */
class Checks(val folder: File, val repository: File) {
    private val failed = mutableListOf<String>()
    private var count = 0

    fun check(name: String, body: suspend () -> Unit) {
        count += 1
        try {
            runBlocking { body() }
            println("ok      $name")
        } catch (error: Throwable) {
            failed += name
            println("FAILED  $name: $error")
            error.stackTrace.take(6).forEach { println("        at $it") }
        }
    }

    fun exit(): Nothing {
        println("$count checks, ${failed.size} failed")
        exitProcess(if (failed.isEmpty()) 0 else 1)
    }

    /** The path of a tiny model, written once. */
    val model: String by lazy {
        File(folder, "model.gguf").path.also { dev.carrel.undertest.writeModel(it, "tiny-llama") }
    }

    fun options(): EngineOptions = EngineOptions(model = model, threads = 1u)
}

/** Greedy, and going on when the model is done. */
fun greedy(tokens: Int): GenerateOptions =
    GenerateOptions(maxTokens = tokens.toUInt(), temperature = 0f, ignoresEnd = true)

fun same(wanted: Any?, found: Any?) {
    if (wanted != found) throw AssertionError("wanted $wanted, found $found")
}

fun holds(condition: Boolean, what: String) {
    if (!condition) throw AssertionError(what)
}

/** The failure of `body`, which has to be one of the library's. */
suspend fun failure(body: suspend () -> Unit): CarrelException {
    try {
        body()
    } catch (error: CarrelException) {
        return error
    }
    throw AssertionError("no failure")
}

/** The text of a stream and its last chunk; checks that there is exactly one end. */
suspend fun Flow<Chunk>.all(): Pair<String, Chunk> {
    val chunks = toList()
    val ends = chunks.filter { it !is Chunk.Text && it !is Chunk.Progress }
    same(1, ends.size)
    same(chunks.last(), ends.single())
    return chunks.filterIsInstance<Chunk.Text>().joinToString("") { it.text } to ends.single()
}

/** Waits for the threads of streams in this process to be gone. */
suspend fun noWorkers() {
    repeat(1000) { if (workers() == 0) return else delay(1) }
    throw AssertionError("${workers()} workers are left")
}

private fun workers(): Int = File("/proc/self/task").listFiles().orEmpty().count { task ->
    runCatching { File(task, "comm").readText().trim() == "carrel" }.getOrDefault(false)
}

/** Bytes that this process has in memory. */
fun residentBytes(): Long {
    System.gc()
    return File("/proc/self/statm").readText().split(" ")[1].toLong() * 4096
}
