// Flows: cancelled at random moments, slow collectors, tokens, panics, paused engines.

package dev.carrel.test

import dev.carrel.CancelToken
import dev.carrel.CarrelException
import dev.carrel.Chunk
import dev.carrel.Engine
import dev.carrel.FinishReason
import dev.carrel.chunks
import dev.carrel.undertest.panickingStream
import kotlin.random.Random
import kotlin.time.Duration.Companion.microseconds
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.measureTime
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull

private val prompt = "The lamp of the lighthouse was broken in the storm. ".repeat(4)

fun Checks.streams() {
    check("cancelled at 100 random moments, a coroutine ends soon and the session goes on") {
        Engine.open(options()).use { engine ->
            val wanted = engine.session().use { it.generate(prompt, greedy(40)).all().first }
            val session = engine.session()
            var whole = measureTime { session.generate("warm up $prompt", greedy(40)).all() }
            whole = measureTime { session.generate("measured $prompt", greedy(40)).all() }
            val random = Random(7)
            var cut = 0
            repeat(100) { round ->
                val seen = mutableListOf<Chunk>()
                coroutineScope {
                    val job = launch(Dispatchers.Default) {
                        session.generate("$round $prompt", greedy(40)).collect { seen += it }
                    }
                    delay((random.nextDouble() * whole.inWholeMicroseconds).toLong().microseconds)
                    val wait = measureTime { job.cancel(); job.join() }
                    holds(wait < 100.milliseconds, "took $wait to stop")
                }
                if (seen.lastOrNull() !is Chunk.Finished) cut += 1
            }
            println("        $cut of 100 were cut short")
            holds(cut > 0, "some were cancelled in the middle")
            same(wanted, session.generate(prompt, greedy(40)).all().first)
            session.close()
        }
        noWorkers()
    }
    check("a token ends a flow with exactly one Cancelled, at 100 random moments") {
        Engine.open(options()).use { engine ->
            val session = engine.session()
            session.generate("warm up $prompt", greedy(100_000)).all()
            val whole = measureTime { session.generate("measured $prompt", greedy(100_000)).all() }
            val random = Random(8)
            var cut = 0
            repeat(100) { round ->
                val token = CancelToken()
                val end = coroutineScope {
                    val end = async(Dispatchers.Default) {
                        session.generate("$round $prompt", greedy(100_000), token).all().second
                    }
                    delay((random.nextDouble() * whole.inWholeMicroseconds).toLong().microseconds)
                    token.cancel()
                    end.await()
                }
                // A quick processor may have come to the end of the context before it was told.
                if (end == Chunk.Cancelled) cut += 1 else same(FinishReason.CONTEXT_FULL, (end as Chunk.Finished).reason)
            }
            println("        $cut of 100 were cut short")
            holds(cut > 10, "$cut were cancelled")
            session.close()
        }
    }
    check("a slow collector loses nothing") {
        Engine.open(options()).use { engine ->
            val wanted = engine.session().use { it.generate(prompt, greedy(150)).all().first }
            engine.session().use { session ->
                same(wanted, session.generate(prompt, greedy(150)).onEach { delay(3) }.all().first)
            }
        }
    }
    check("whoever takes a little stops the rest") {
        Engine.open(options()).use { engine ->
            engine.session().use { session ->
                same(2, session.generate(prompt, greedy(1_000_000)).take(2).toList().size)
                noWorkers()
                // A small model fills its context within this time, so the collector takes its own.
                val timed = withTimeoutOrNull(50) {
                    session.generate(prompt, greedy(1_000_000)).onEach { delay(10) }.toList()
                }
                same(null, timed)
                session.generate(prompt, greedy(4)).first()
            }
        }
        noWorkers()
    }
    check("a panic is a typed failure after what was said before it") {
        val seen = mutableListOf<Chunk>()
        val failure = failure { chunks { panickingStream() }.collect { seen += it } }
        same(listOf<Chunk>(Chunk.Text("before")), seen)
        holds("on purpose, in a stream" in (failure as CarrelException.Internal).reason, failure.reason)
        val call = failure { dev.carrel.offMain { dev.carrel.panicInACall() } }
        holds("on purpose, in a call" in (call as CarrelException.Internal).reason, call.reason)
    }
    check("a suspended engine holds its flows up") {
        Engine.open(options()).use { engine ->
            engine.session().use { session ->
                engine.suspend()
                coroutineScope {
                    val text = async(Dispatchers.Default) { session.generate(prompt, greedy(10)).all().first }
                    delay(150)
                    holds(text.isActive, "nothing while suspended")
                    engine.resume()
                    holds(text.await().isNotEmpty(), "goes on")
                }
            }
        }
    }
}
